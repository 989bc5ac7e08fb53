import { readFile, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { type Account, run } from './command.ts';
import { EmbeddedPostgresError, useOwnDatabase } from './errors.ts';

/** Whether this process is root, which PostgreSQL refuses to run as. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * The account to run PostgreSQL as: undefined means "as ourselves" (we are not root).
 *
 * As root the owner of a cluster that exists already wins over the wanted user: PostgreSQL insists on being the owner, and
 * so a folder first used without root goes on working with root.
 * @throws EmbeddedPostgresError embedded_no_user, embedded_not_owner
 */
export async function chooseAccount(cluster: string | undefined, wanted = 'nobody'): Promise<Account | undefined> {
  const owner = cluster === undefined ? undefined : await stat(cluster);
  if (!isRoot()) {
    if (owner && owner.uid !== process.getuid?.()) {
      throw new EmbeddedPostgresError(
        'embedded_not_owner',
        `${cluster} belongs to uid ${owner.uid}, and this server runs as uid ${process.getuid?.()}.`,
        'Start the server as the account it was first started as (or as root), or give the folder to this account with chown -R.',
      );
    }
    requireOwnEntry();
    return undefined;
  }
  if (owner && owner.uid !== 0) {
    return { uid: owner.uid, gid: owner.gid, name: (await lookUp(String(owner.uid)))?.name ?? String(owner.uid) };
  }
  const account = await lookUp(wanted);
  if (!account || account.uid === 0) {
    throw new EmbeddedPostgresError(
      'embedded_no_user',
      `This server runs as root, which PostgreSQL refuses, and there is no unprivileged user ${JSON.stringify(wanted)} to run it as.`,
      `Set RIGGER_POSTGRES_USER to an unprivileged user of this machine, or start the server as such a user. ${useOwnDatabase}`,
    );
  }
  return account;
}

/** initdb looks its own uid up and stops without an entry, as in containers started with an arbitrary uid. */
function requireOwnEntry(): void {
  try {
    userInfo();
  } catch (cause) {
    throw new EmbeddedPostgresError(
      'embedded_no_user',
      `uid ${process.getuid?.()} has no entry in /etc/passwd, which PostgreSQL needs.`,
      `Add an entry for this uid to /etc/passwd. ${useOwnDatabase}`,
      { cause },
    );
  }
}

/** Finds a user by name or uid: /etc/passwd first (slim images have no getent), then whatever the system asks. */
async function lookUp(nameOrUid: string): Promise<Account | undefined> {
  const find = (text: string): Account | undefined => {
    for (const line of text.split('\n')) {
      const [name, , uid, gid] = line.split(':');
      if (!name || !/^\d+$/.test(uid ?? '') || !/^\d+$/.test(gid ?? '')) continue;
      if (name === nameOrUid || uid === nameOrUid) return { name, uid: Number(uid), gid: Number(gid) };
    }
    return undefined;
  };
  const local = find(await readFile('/etc/passwd', 'utf8').catch(() => ''));
  if (local || !/^[\w.@-]+$/.test(nameOrUid) || nameOrUid.startsWith('-')) return local;
  const { exitCode, output } = await run('/usr/bin/getent', ['passwd', nameOrUid]);
  return exitCode === 0 ? find(output) : undefined;
}
