import type { ApiKey, KeyRequest, NewApiKey } from '@rigger/client';
import { type Command, Option } from 'commander';
import { addServerOptions, clientOf } from '../connect/options.ts';
import { addJsonOption, addListOptions, type JsonOptions, printJson, printList } from '../terminal/output.ts';
import { collect, duration, given } from './session-options.ts';
import { minute } from './times.ts';

type Scope = NonNullable<KeyRequest['scopes']>[number];
const SCOPES: readonly Scope[] = ['read', 'write', 'admin', 'runner'];

/** A key goes to standard output, where a variable or a file takes it; what is said of it does not. */
function printKey({ id, name, tenant, scopes, key }: NewApiKey): void {
  process.stderr.write(
    `${id}, “${name}”, of the tenant ${tenant}, may ${scopes.join(', ')}. It is shown now and never again:\n`,
  );
  console.log(key);
}

const stateOf = ({ revokedAt, expiresAt }: ApiKey): string => {
  if (revokedAt !== null) return `revoked ${minute(revokedAt)}`;
  if (expiresAt === null) return 'good';
  return `${new Date(expiresAt) <= new Date() ? 'expired' : 'until'} ${minute(expiresAt)}`;
};

interface CreateOptions {
  name: string;
  scope?: Scope[];
  tenant?: string;
  expires?: number;
  local: boolean;
  dataDir?: string;
  json?: boolean;
}

export function addKeys(program: Command): void {
  const keys = program
    .command('keys')
    .description('Keys of the API: make, list, rotate, revoke')
    .addHelpText(
      'after',
      `
Without any key, a server is open to this machine and closed to all others. The first key closes it: make an admin’s.

Examples:
  $ rigger keys create --local --name me --scope admin        the first one, in the database itself
  $ RIGGER_API_KEY=$(rigger keys create --name ci)            read and write
  $ rigger context add team https://rigger.example --key …    used from then on`,
    );

  const ls = addServerOptions(
    addListOptions(
      keys
        .command('list')
        .alias('ls')
        .description('List them, never the keys themselves')
        .option('--tenant <tenant>', 'for the operator: of another tenant; * for all'),
    ),
  );
  ls.action(async ({ tenant, ...options }: JsonOptions & { tenant?: string }) => {
    printList(
      await clientOf(ls).keys.list(given({ tenant })),
      options,
      ['KEY', 'NAME', 'TENANT', 'MAY', 'STATE', 'USED (UTC)'],
      (one) => [
        one.id,
        one.name,
        one.tenant,
        one.scopes.join(' '),
        stateOf(one),
        one.lastUsedAt === null ? '-' : minute(one.lastUsedAt),
      ],
      'There are none. Make one with: rigger keys create --name NAME',
    );
  });

  const create = addJsonOption(
    addServerOptions(
      keys
        .command('create')
        .description('Make one; it goes to standard output')
        .requiredOption('--name <name>', 'what it is for')
        .addOption(
          new Option('--scope <scope>', 'what it may; several times for several; read and write by default')
            .choices(SCOPES)
            .argParser((value: string, before?: string[]) => collect(value, before)),
        )
        .option('--tenant <tenant>', 'whose it is; another than one’s own is for the operator')
        .option('--expires <time>', 'when it ends: 12h, 30d', duration)
        .option('--local', 'in the database of this machine’s settings itself, without a server', false)
        .option('-d, --data-dir <folder>', 'with --local: the data folder (RIGGER_DATA_DIR, ./.rigger)'),
    ),
  );
  create.action(async ({ name, scope, tenant, expires, local, dataDir, json }: CreateOptions) => {
    const wrong = scope?.find((one) => !SCOPES.includes(one));
    if (wrong !== undefined) create.error(`error: --scope is one of ${SCOPES.join(', ')}, not ${wrong}`);
    const expiresAt = expires === undefined ? undefined : new Date(Date.now() + expires).toISOString();
    const scopes: Scope[] = scope ?? ['read', 'write'];
    const request = { name, scopes, ...given({ tenant, expiresAt }) };
    const made = local
      ? await (await import('../local-keys.ts')).makeKeyHere(dataDir, request)
      : await clientOf(create).keys.create(request);
    if (json === true) printJson(made);
    else printKey(made);
  });

  const rotate = addJsonOption(
    addServerOptions(
      keys
        .command('rotate <key>')
        .description('Give one another secret, which goes to standard output')
        .option('--overlap <time>', 'how long the former one is good beside it: 1h, 1d; a day by default', duration),
    ),
  );
  rotate.action(async (id: string, { overlap, json }: { overlap?: number; json?: boolean }) => {
    const rotated = await clientOf(rotate).keys.rotate(id, overlap);
    if (json === true) printJson(rotated);
    else printKey(rotated);
  });

  const revoke = addServerOptions(
    keys.command('revoke <key>').alias('rm').description('Revoke one for good: what it has open ends within seconds'),
  );
  revoke.action(async (id: string) => {
    await clientOf(revoke).keys.revoke(id);
    console.log(`${id} is revoked.`);
  });

  const who = addJsonOption(
    addServerOptions(keys.command('whoami').description('Which key is used here, and what it may')),
  );
  who.action(async ({ json }: { json?: boolean }) => {
    const caller = await clientOf(who).keys.whoami();
    if (json === true) return printJson(caller);
    if (caller.open)
      return console.log('Nobody is asked for a key: the server listens to its own machine and has none.');
    console.log(
      `${caller.name}${caller.keyId === null ? '' : ` (${caller.keyId})`}, of the tenant ${caller.tenant}, may ${caller.scopes.join(', ')}.`,
    );
  });

  keys
    .command('new')
    .description('Make up a key for RIGGER_BOOTSTRAP_KEY, and keep it nowhere')
    .action(async () => console.log((await import('../local-keys.ts')).makeUpKey()));
}
