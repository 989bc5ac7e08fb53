/** Who follows which session: readers of this server, and other servers on behalf of theirs. */
import { EventEmitter } from 'node:events';
import type { Delta, SessionEvent } from '../model/turn.ts';
import type { Committed } from './committed.ts';

/** What is known of a session that another server has changed, or that may have changed unheard. */
export interface News {
  session: string;
  /** How far its log goes. */
  lastSeq: number;
  deleted: boolean;
  /** Events up to there, as far as they were read for all followers together. */
  events: SessionEvent[];
}

/** What a follower of one session hears. */
export interface Follower {
  committed(change: Committed): void;
  /** Another server has changed it: what matters is to be looked up. */
  elsewhere(news: News): void;
  delta?(delta: Delta): void;
}

export class Followers {
  /**
   * `watched`: somebody has begun to follow a session live, here or on another server, or nobody does any more.
   * `watchedHere`: the same of this server's own readers.
   * `delta`: what is live only, of a session that other servers watch.
   */
  readonly signals = new EventEmitter<{
    watched: [sessionId: string, on: boolean];
    watchedHere: [sessionId: string, on: boolean];
    delta: [sessionId: string, delta: Delta];
  }>();
  readonly #here = new Map<string, Set<Follower>>();
  readonly #watchedHere = new Set<string>();
  /** Session → server → until when its word holds. */
  readonly #elsewhere = new Map<string, Map<string, number>>();

  /** Hears of one session; returns how to stop. Costs nothing while other sessions change. */
  add(sessionId: string, follower: Follower): () => void {
    const all = this.#here.get(sessionId) ?? new Set();
    this.#here.set(sessionId, all.add(follower));
    if (follower.delta !== undefined) this.#count(sessionId);
    return () => {
      all.delete(follower);
      if (all.size === 0 && this.#here.get(sessionId) === all) this.#here.delete(sessionId);
      if (follower.delta !== undefined) this.#count(sessionId);
    };
  }

  /** Says so when a session is watched here that was not, or the other way round. */
  #count(sessionId: string): void {
    let on = false;
    for (const one of this.#here.get(sessionId) ?? []) on ||= one.delta !== undefined;
    if (on === this.#watchedHere.has(sessionId)) return;
    if (on) this.#watchedHere.add(sessionId);
    else this.#watchedHere.delete(sessionId);
    this.signals.emit('watchedHere', sessionId, on);
    if (!this.#elsewhere.has(sessionId)) this.signals.emit('watched', sessionId, on);
  }

  /** Sessions that anybody follows on this server. */
  followed(): string[] {
    return [...this.#here.keys()];
  }

  isFollowed(sessionId: string): boolean {
    return this.#here.has(sessionId);
  }

  /** Sessions that readers of this server follow live. */
  watchedHere(): string[] {
    return [...this.#watchedHere];
  }

  /** Whether anybody follows a session live, here or elsewhere. */
  isWatched(sessionId: string): boolean {
    return this.#watchedHere.has(sessionId) || this.#elsewhere.has(sessionId);
  }

  committed(change: Committed): void {
    for (const follower of [...(this.#here.get(change.session.id) ?? [])]) follower.committed(change);
  }

  elsewhere(news: News): void {
    for (const follower of [...(this.#here.get(news.session) ?? [])]) follower.elsewhere(news);
  }

  /** Passes on what is live only, from a runner that is connected here. */
  broadcast(sessionId: string, delta: Delta): void {
    this.deliver(sessionId, delta);
    if (this.#elsewhere.has(sessionId)) this.signals.emit('delta', sessionId, delta);
  }

  /** Passes on what is live only, to readers of this server. */
  deliver(sessionId: string, delta: Delta): void {
    for (const follower of this.#here.get(sessionId) ?? []) follower.delta?.(delta);
  }

  /** Another server says whether it has readers; what it does not say again in time is over. `now` in milliseconds. */
  watchElsewhere(sessionId: string, server: string, on: boolean, until: number): void {
    const servers = this.#elsewhere.get(sessionId) ?? new Map<string, number>();
    const before = this.isWatched(sessionId);
    if (on) this.#elsewhere.set(sessionId, servers.set(server, until));
    else if (servers.delete(server) && servers.size === 0) this.#elsewhere.delete(sessionId);
    if (before !== this.isWatched(sessionId)) this.signals.emit('watched', sessionId, on);
  }

  /** Forgets servers that have not repeated themselves by `now`. */
  expire(now: number): void {
    for (const [session, servers] of this.#elsewhere)
      for (const [server, until] of servers) if (until < now) this.watchElsewhere(session, server, false, 0);
  }
}
