/** The vault's secrets, and which of them a session may use where. */
import { type BoundSecret, covers, type HostPattern, readPattern } from '@rigger/runner/protocol';
import { record } from '../access/actor.ts';
import { DEFAULT_TENANT } from '../model/access.ts';
import type { SessionConfig } from '../model/config.ts';
import { RiggerError } from '../model/errors.ts';
import type { SessionRecord } from '../model/record.ts';
import { SealBroken } from '../model/seal.ts';
import { envOf, type SecretRequest, type SecretUse, type SecretView } from '../model/secrets.ts';
import { type Tx, transact } from '../store/database.ts';
import { dropSecret, findSealed, listSecrets, putSecret, type SecretRecord } from '../store/vault.ts';
import type { Engine } from './engine.ts';

/** What a secret is sealed for: it opens for no other name and no other tenant. */
const sealedFor = (tenant: string, name: string): string => (tenant === DEFAULT_TENANT ? name : `${tenant}/${name}`);

const view = ({ createdAt, updatedAt, ...rest }: SecretRecord): SecretView => ({
  ...rest,
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
});

export async function secrets(engine: Engine, tenant: string): Promise<SecretView[]> {
  return (await listSecrets(engine.database.db, tenant)).map(view);
}

/** @throws RiggerError `secret_not_found`. */
export async function secret(engine: Engine, tenant: string, name: string): Promise<SecretView> {
  const [found] = await listSecrets(engine.database.db, tenant, [name]);
  if (found === undefined) throw new RiggerError('secret_not_found', { extra: { name } });
  return view(found);
}

/**
 * Makes a secret or gives it a new value. Sessions that use it send the new one within half a minute.
 * @throws RiggerError `vault_not_configured`.
 */
export async function setSecret(
  engine: Engine,
  tenant: string,
  name: string,
  { value, hosts, description }: SecretRequest,
): Promise<{ secret: SecretView; isNew: boolean }> {
  if (engine.sealer === null) throw new RiggerError('vault_not_configured');
  const sealed = engine.sealer.seal(value, sealedFor(tenant, name));
  return transact(engine.database.db, async (tx) => {
    const put = await putSecret(tx, tenant, { name, hosts, description: description ?? null, ...sealed });
    const { record: made, before } = put;
    // That it has another value is in the log, and never which.
    await record(tx, { target: name, before: before === null ? null : view(before), after: view(made) });
    return { secret: view(made), isNew: before === null };
  });
}

/** @throws RiggerError `secret_not_found`. */
export async function removeSecret(engine: Engine, tenant: string, name: string): Promise<void> {
  await transact(engine.database.db, async (tx) => {
    const dropped = await dropSecret(tx, tenant, name);
    if (dropped === null) throw new RiggerError('secret_not_found', { extra: { name } });
    await record(tx, { target: name, before: view(dropped) });
  });
}

const DEFAULT_GIT_USER = 'x-access-token';
const patterns = (hosts: string[]): HostPattern[] => hosts.flatMap((host) => readPattern(host) ?? []);

/** Where a use may send its secret: no host that the secret itself does not allow. */
function hostsOf(use: SecretUse, allowed: string[]): string[] {
  if (use.hosts === undefined) return allowed;
  const outer = patterns(allowed);
  return use.hosts.filter((host) => patterns([host]).every((inner) => outer.some((one) => covers(one, inner))));
}

/** The secrets that a configuration names, each with its record. */
async function named(tx: Tx, tenant: string, config: SessionConfig): Promise<Map<string, SecretRecord>> {
  const names = (config.secrets ?? []).map(({ name }) => name);
  if (config.source !== undefined && 'git' in config.source && config.source.secret !== undefined)
    names.push(config.source.secret);
  if (names.length === 0) return new Map();
  return new Map((await listSecrets(tx, tenant, [...new Set(names)])).map((record) => [record.name, record]));
}

/**
 * Checks at a session's creation that every secret it names is there and may be sent where the session says.
 * @throws RiggerError `secret_not_found`, `invalid_request`.
 */
export async function checkSecrets(tx: Tx, tenant: string, config: SessionConfig): Promise<void> {
  const issues: { path: string; message: string }[] = [];
  const found = await named(tx, tenant, config);
  const taken = new Set(Object.keys(config.env ?? {}));
  for (const [index, use] of (config.secrets ?? []).entries()) {
    const path = `config.secrets.${index}`;
    const record = found.get(use.name);
    if (record === undefined) throw new RiggerError('secret_not_found', { extra: { name: use.name } });
    const kept = hostsOf(use, record.hosts);
    for (const host of use.hosts ?? [])
      if (!kept.includes(host))
        issues.push({ path: `${path}.hosts`, message: `${use.name} may not be sent to ${host}` });
    if (taken.has(envOf(use))) issues.push({ path: `${path}.env`, message: `${envOf(use)} is set twice` });
    taken.add(envOf(use));
  }
  const { source } = config;
  if (source !== undefined && 'git' in source && source.secret !== undefined) {
    const record = found.get(source.secret);
    if (record === undefined) throw new RiggerError('secret_not_found', { extra: { name: source.secret } });
    const inner = patterns([hostOfUrl(source.git)]);
    if (!inner.every((host) => patterns(record.hosts).some((outer) => covers(outer, host))))
      issues.push({ path: 'config.source.secret', message: `${source.secret} may not be sent to ${source.git}` });
  }
  if (issues.length > 0) throw new RiggerError('invalid_request', { extra: { issues } });
}

/** The pattern that means where a URL leads, and no more. */
export function hostOfUrl(text: string): string {
  const url = new URL(text);
  const plain = url.protocol === 'http:';
  return `${plain ? 'http://' : ''}${url.hostname}:${url.port || (plain ? 80 : 443)}`;
}

/** What a session's runner is told of secrets: those of its agents, and the one that fills its workspace. */
export interface Bound {
  secrets: BoundSecret[];
  source: BoundSecret | null;
}

/** Which secrets, by which placeholder, for which hosts. A removed one is bound to none. */
export async function boundSecrets(engine: Engine, { id, tenant, config }: SessionRecord): Promise<Bound> {
  const found = await named(engine.database.db, tenant, config);
  const secrets = (config.secrets ?? []).map((use) => ({
    name: use.name,
    env: envOf(use),
    placeholder: engine.placeholder(id, use.name),
    hosts: hostsOf(use, found.get(use.name)?.hosts ?? []),
    git: use.git === true ? DEFAULT_GIT_USER : (use.git ?? null),
  }));
  const { source } = config;
  if (source === undefined || !('git' in source) || source.secret === undefined) return { secrets, source: null };
  const name = source.secret;
  const placeholder = engine.placeholder(id, `source.${name}`);
  const hosts = found.has(name) ? [hostOfUrl(source.git)] : [];
  return { secrets, source: { name, env: null, placeholder, hosts, git: source.username ?? DEFAULT_GIT_USER } };
}

/**
 * The value of a secret for the runner that holds a session which names it.
 * @throws RiggerError `secret_not_found`, also where the session does not name it; `vault_not_configured`.
 */
export async function revealSecret(engine: Engine, session: SessionRecord, name: string): Promise<string> {
  const { db } = engine.database;
  const sealed = (await named(db, session.tenant, session.config)).has(name)
    ? await findSealed(db, session.tenant, name)
    : null;
  if (sealed === null) throw new RiggerError('secret_not_found', { extra: { name } });
  if (engine.sealer === null) throw new RiggerError('vault_not_configured');
  try {
    return engine.sealer.open(sealed, sealedFor(session.tenant, name));
  } catch (error) {
    if (!(error instanceof SealBroken)) throw error;
    throw new RiggerError('vault_not_configured', { detail: error.message, cause: error });
  }
}
