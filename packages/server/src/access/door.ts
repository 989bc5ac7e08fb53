/** How a server's door is set up: whose keys it takes, and whether it may open at all. */
import { isLoopback } from '@rigger/runner/protocol';
import type { Logger } from 'pino';
import type { CallerLimits } from '../model/access.ts';
import type { Settings } from '../model/settings.ts';
import type { Database } from '../store/database.ts';
import { hasKeys } from '../store/keys.ts';
import { Callers } from './callers.ts';
import { makeIssuer } from './oidc.ts';
import { ensureBootstrapKey } from './operations.ts';
import type { Rates } from './rates.ts';

/** What the door works with. */
export interface Access {
  callers: Callers;
  rates: Rates;
  /** What a caller may use where neither its key nor its tenant says. */
  defaults: CallerLimits;
}

/** What a caller may use where neither its key nor its tenant says. */
export const callerDefaults = (settings: Settings): CallerLimits => ({
  requestsPerMinute: settings.RIGGER_REQUESTS_PER_MINUTE,
  createsPerMinute: settings.RIGGER_CREATES_PER_MINUTE,
  messagesPerMinute: settings.RIGGER_MESSAGES_PER_MINUTE,
  activeSessions: settings.RIGGER_ACTIVE_SESSIONS,
  sessionsPerDay: settings.RIGGER_SESSIONS_PER_DAY,
  messagesPerSession: settings.RIGGER_MESSAGES_PER_SESSION,
  snapshotBytes: settings.RIGGER_SNAPSHOT_BYTES,
});

/** @throws Error where the server would listen beyond this machine and nobody had a key. */
export async function makeCallers(settings: Settings, database: Database, log: Logger): Promise<Callers> {
  const {
    HOST: host,
    RIGGER_BOOTSTRAP_KEY: bootstrap,
    RIGGER_OIDC_ISSUER: at,
    RIGGER_OIDC_AUDIENCE: audience,
  } = settings;
  if (at !== undefined && audience === undefined)
    throw new Error('RIGGER_OIDC_ISSUER needs RIGGER_OIDC_AUDIENCE beside it: whom its tokens must be for.');
  if (bootstrap !== undefined && (await ensureBootstrapKey(database.db, bootstrap)))
    log.info('The key of RIGGER_BOOTSTRAP_KEY was made: it is an admin’s of the operator’s tenant');
  const issuer =
    at === undefined || audience === undefined
      ? null
      : makeIssuer({
          issuer: at,
          audience,
          tenantClaim: settings.RIGGER_OIDC_TENANT_CLAIM,
          scopeClaim: settings.RIGGER_OIDC_SCOPE_CLAIM,
        });
  const local = isLoopback(host);
  if (!local && issuer === null && !(await hasKeys(database.db)))
    throw new Error(
      `HOST is ${host}: whoever can reach this address could run agents here, and there is no key yet.
Make the first one with \`rigger keys create --local --name admin --scope admin\`, which needs no server, or give one as RIGGER_BOOTSTRAP_KEY
(\`rigger keys new\` makes one up); or listen to this machine only, with HOST=127.0.0.1.`,
    );
  const onError = (error: unknown) => log.warn({ err: error }, 'Keys that are in use could not be looked at');
  return new Callers({ database, local, issuer, onError });
}
