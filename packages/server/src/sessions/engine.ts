import { EventEmitter } from 'node:events';
import type { Logger } from 'pino';
import type { SessionRecord, TurnRecord } from '../model/record.ts';
import type { Delta, SessionEvent } from '../model/turn.ts';
import type { Database } from '../store/database.ts';
import type { Policies } from './policy.ts';

/** What a committed change of one session means for the rest of the server. */
export interface Committed {
  session: SessionRecord;
  /** When, by the database's clock. */
  at: Date;
  events: SessionEvent[];
  /** Turns that its runner is now to run. */
  given: TurnRecord[];
  /** Turns that this change ended, as they are now. */
  ended: TurnRecord[];
  /** Its runner is to let go of it. */
  release: boolean;
  /** Its runner has let go of it, by its own word or by its lease's end. */
  released: boolean;
  deleted: boolean;
}

/** What a follower of one session hears. */
export interface Follower {
  committed(change: Committed): void;
  delta?(delta: Delta): void;
}

/** What every rule of this room works with. */
export interface Engine {
  database: Database;
  policies: Policies;
  /** Folders below which `config.source.path` may lie. */
  sourceFolders: string[];
  log: Logger;
  /**
   * `committed`: a change was committed; never emitted before it is.
   * `watched`: somebody has begun to follow a session live, or nobody does any more.
   */
  signals: EventEmitter<{ committed: [Committed]; watched: [sessionId: string, on: boolean] }>;
  /** Hears of one session; returns how to stop. Costs nothing while other sessions change. */
  follow(sessionId: string, follower: Follower): () => void;
  /** Whether anybody follows a session live. */
  isWatched(sessionId: string): boolean;
  /** Passes on what is live only. */
  broadcast(sessionId: string, delta: Delta): void;
}

export function makeEngine(parts: Pick<Engine, 'database' | 'policies' | 'sourceFolders' | 'log'>): Engine {
  const signals: Engine['signals'] = new EventEmitter();
  const followers = new Map<string, Set<Follower>>();
  const isWatched = (sessionId: string): boolean =>
    [...(followers.get(sessionId) ?? [])].some((one) => one.delta !== undefined);
  signals.on('committed', (change) => {
    for (const follower of [...(followers.get(change.session.id) ?? [])]) follower.committed(change);
  });
  return {
    ...parts,
    signals,
    follow(sessionId, follower) {
      const all = followers.get(sessionId) ?? new Set();
      const watchedBefore = isWatched(sessionId);
      followers.set(sessionId, all.add(follower));
      if (!watchedBefore && isWatched(sessionId)) signals.emit('watched', sessionId, true);
      return () => {
        const watched = isWatched(sessionId);
        all.delete(follower);
        if (all.size === 0 && followers.get(sessionId) === all) followers.delete(sessionId);
        if (watched && !isWatched(sessionId)) signals.emit('watched', sessionId, false);
      };
    },
    isWatched,
    broadcast(sessionId, delta) {
      for (const follower of followers.get(sessionId) ?? []) follower.delta?.(delta);
    },
  };
}

/** Resolves at the session's first committed change that `test` says yes to; rejects with the signal's reason. */
export function untilCommitted(
  engine: Engine,
  sessionId: string,
  test: (change: Committed) => boolean,
  signal: AbortSignal,
): Promise<Committed> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const stop = engine.follow(sessionId, {
      committed(change) {
        if (!test(change)) return;
        signal.removeEventListener('abort', abort);
        stop();
        resolve(change);
      },
    });
    const abort = () => {
      stop();
      reject(signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
  });
}
