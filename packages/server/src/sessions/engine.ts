import { EventEmitter } from 'node:events';
import type { Logger } from 'pino';
import type { TenantRetention } from '../model/access.ts';
import type { SessionConfig } from '../model/config.ts';
import type { Sealer } from '../model/seal.ts';
import type { SessionPattern } from '../model/session.ts';
import type { Database } from '../store/database.ts';
import type { Committed, Paid } from './committed.ts';
import { Followers } from './followers.ts';
import type { Policies, Policy } from './policy.ts';

export type Signals = EventEmitter<{ committed: [Committed]; paid: [Paid] }>;

/** What every rule of this room works with. */
export interface Engine {
  database: Database;
  policies: Policies;
  /** How a session is treated: by its pattern, and by how long its tenant keeps what has ended. */
  policyOf(session: { pattern: SessionPattern; tenant: string }): Policy;
  /** How long tenants keep ended sessions, where it is not as the settings say; learnt from the database now and then. */
  retention: Map<string, TenantRetention>;
  /** Folders below which `config.source.path` may lie. */
  sourceFolders: string[];
  /** Seals the vault's secrets; null without a key. */
  sealer: Sealer | null;
  /** What stands for a secret in a session's sandbox: the same for as long as the session is. */
  placeholder(session: string, name: string): string;
  /** Whether there is a store of snapshots, and how many that were taken by themselves are kept of a session. */
  keepsSnapshots: boolean;
  snapshotsKept: number;
  /** How long a request for permission waits where its session does not say; 0: nobody is asked. */
  permissionTimeoutMs: number;
  /** How many that were asked for there may be of a session. */
  snapshotsMax: number;
  /** How many that were taken before a turn. */
  checkpointsKept: number;
  /** A blob of that store; null where it is not there. */
  readBlob(hash: string): Promise<Buffer | null>;
  /** What a session's runner must be beside what its configuration says, as labels. @throws RiggerError when there is no such runner. */
  shapeLabels(config: SessionConfig): string[];
  log: Logger;
  /** A change was committed by this server, or a model call that it carried was settled; never emitted before it is. */
  signals: Signals;
  followers: Followers;
  /** Runners that are being emptied, as far as this server knows. */
  draining: Set<string>;
}

type Parts = Omit<Engine, 'signals' | 'followers' | 'draining' | 'policyOf' | 'retention' | 'shapeLabels'> &
  Partial<Pick<Engine, 'shapeLabels'>>;

export function makeEngine(parts: Parts): Engine {
  const { policies } = parts;
  const retention: Engine['retention'] = new Map();
  const signals: Engine['signals'] = new EventEmitter();
  const followers = new Followers();
  signals.on('committed', (change) => followers.committed(change));
  const policyOf: Engine['policyOf'] = ({ pattern, tenant }) => {
    const retentionMs = retention.get(tenant)?.[pattern];
    return retentionMs === undefined ? policies[pattern] : { ...policies[pattern], retentionMs };
  };
  return { shapeLabels: () => [], ...parts, retention, policyOf, signals, followers, draining: new Set() };
}

/**
 * Waits for something about a session: what `seen` makes of a change that this server commits, or `look` of the
 * database, which is asked at once and again whenever another server has changed the session.
 * Rejects with the signal's reason, and with what the first `look` throws.
 */
export async function untilSeen<T>(
  engine: Engine,
  sessionId: string,
  { seen, look }: { seen(change: Committed): T | undefined; look(): Promise<T | undefined> },
  signal: AbortSignal,
): Promise<T> {
  const found = Promise.withResolvers<T>();
  const settle = (value: T | undefined) => {
    if (value !== undefined) found.resolve(value);
  };
  let looking: Promise<void> = Promise.resolve();
  const stop = engine.followers.add(sessionId, {
    committed: (change) => settle(seen(change)),
    elsewhere: () => {
      // One at a time. What cannot be looked up now is news again soon: whoever waits must not suffer from it.
      looking = looking.then(look).then(settle, (error: unknown) => {
        if (error instanceof Error && 'code' in error && error.code === 'session_not_found') found.reject(error);
        else engine.log.warn({ err: error, session: sessionId }, 'A session could not be looked at; it is tried again');
      });
    },
  });
  const abort = () => found.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    signal.throwIfAborted();
    look().then(settle, found.reject);
    return await found.promise;
  } finally {
    stop();
    signal.removeEventListener('abort', abort);
  }
}
