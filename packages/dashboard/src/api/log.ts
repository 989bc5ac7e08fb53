/** A session's log in the query cache: its newest part at once, older parts behind it, and then what happens. */
import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { rigger, streaming } from './client.ts';
import { keys } from './keys.ts';
import { type LiveMessage, takeDelta, takeStored } from './live.ts';
import { sessionQuery } from './queries.ts';
import type { Delta, Session, SessionEvent } from './types.ts';

/** So much of the log is shown before the rest of it is here. */
const TAIL = 500;
const PAGE = 1_000;
/** Older events are fetched by themselves up to so many; beyond, when somebody scrolls there. */
const FETCHED_ANYWAY = 20_000;

/** `ended`: nothing will come any more, as after the session's deletion. */
export type StreamState = 'connecting' | 'live' | 'reconnecting' | 'offline' | 'ended';

export interface SessionLog {
  /** Without gaps, oldest first. */
  events: SessionEvent[];
  /** The `seq` before the first event that is here: 0 once all of it is. */
  before: number;
  live: LiveMessage[];
  state: StreamState;
  problem: unknown;
  older: 'idle' | 'loading';
}

const EMPTY: SessionLog = { events: [], before: 0, live: [], state: 'connecting', problem: null, older: 'idle' };

/** Events after which these are asked for again. */
function touched(id: string, events: SessionEvent[]): (readonly unknown[])[] {
  const found = new Set<readonly unknown[]>();
  const [view, files, snapshots, permissions] = [
    keys.sessionView(id),
    keys.allFiles(id),
    keys.snapshots(id),
    keys.sessionPermissions(id),
  ];
  for (const { type, data } of events) {
    if (/^(session|turn|limit|budget|permission|agent)\./.test(type)) found.add(view).add(keys.sessions);
    if (type.startsWith('permission.')) found.add(permissions).add(keys.permissions);
    if (type.startsWith('files.') || type === 'turn.finished' || type === 'snapshot.restored') found.add(files);
    if (type.startsWith('snapshot.') || type === 'session.status_changed') found.add(snapshots);
    // What a tool did may be files.
    if (type === 'sdk.message' && data.type === 'user') found.add(files);
  }
  return [...found];
}

const REFRESH_MS = 400;

class Follower {
  readonly #id: string;
  readonly #client: QueryClient;
  readonly #leave = new AbortController();
  #waiting: (SessionEvent | Delta)[] = [];
  #flushing = false;
  #stale = new Map<string, readonly unknown[]>();
  #refreshing = false;
  users = 0;

  constructor(id: string, client: QueryClient) {
    this.#id = id;
    this.#client = client;
  }

  get #log(): SessionLog {
    return this.#client.getQueryData<SessionLog>(keys.log(this.#id)) ?? EMPTY;
  }

  #set(patch: Partial<SessionLog>): void {
    if (!this.#leave.signal.aborted) this.#client.setQueryData(keys.log(this.#id), { ...this.#log, ...patch });
  }

  get #cursor(): number {
    const { events, before } = this.#log;
    return events.at(-1)?.seq ?? before;
  }

  async run(): Promise<void> {
    const { signal } = this.#leave;
    this.#set({ live: [], problem: null, state: 'connecting' });
    try {
      if (this.#log.events.length === 0) {
        const session = await this.#client.fetchQuery({ ...sessionQuery(this.#id), staleTime: 0 });
        this.#set({ before: Math.max(0, session.lastEventSeq - TAIL) });
      }
      const messages = streaming.sessions.follow(this.#id, {
        after: this.#cursor,
        deltas: true,
        signal,
        onConnect: () => {
          this.#set({ state: 'live', problem: null });
          void this.#olderBehind();
        },
        // What was being said when the stream broke comes again whole, from the log.
        onReconnect: ({ error }) =>
          this.#set({ state: navigator.onLine ? 'reconnecting' : 'offline', problem: error, live: [] }),
      });
      for await (const message of messages) this.#take(message);
      this.#set({ state: 'ended', live: [] });
    } catch (error) {
      this.#set({ state: 'ended', problem: error, live: [] });
    }
  }

  stop(): void {
    this.#leave.abort();
  }

  /** Many deltas come between two frames: the page is drawn once for all of them. */
  #take(message: SessionEvent | Delta): void {
    this.#waiting.push(message);
    if (this.#flushing) return;
    this.#flushing = true;
    const flush = () => {
      this.#flushing = false;
      this.#flush(this.#waiting.splice(0));
    };
    // A page in the background is given no frames, but should be right when it comes back.
    if (document.hidden) setTimeout(flush, 200);
    else requestAnimationFrame(flush);
  }

  #flush(messages: (SessionEvent | Delta)[]): void {
    let { live } = this.#log;
    let cursor = this.#cursor;
    const fresh: SessionEvent[] = [];
    for (const message of messages) {
      if (message.seq === undefined) live = takeDelta(live, message);
      else if (message.seq > cursor) {
        cursor = message.seq;
        fresh.push(message);
        live = takeStored(live, message);
      }
    }
    this.#set(fresh.length === 0 ? { live } : { live, events: [...this.#log.events, ...fresh] });
    this.#patchSession(fresh);
    this.#refreshLater(touched(this.#id, fresh));
  }

  /** The status is known at once; the rest of the session follows when it is asked for. */
  #patchSession(events: SessionEvent[]): void {
    const change = events.findLast((event) => event.type === 'session.status_changed');
    if (change === undefined) return;
    const { status, reason, paused, parked } = change.data as Pick<Session, 'status' | 'paused' | 'parked'> & {
      reason: Session['statusReason'];
    };
    this.#client.setQueryData<Session>(keys.sessionView(this.#id), (session) =>
      session === undefined ? undefined : { ...session, status, statusReason: reason, paused, parked },
    );
  }

  #refreshLater(stale: (readonly unknown[])[]): void {
    for (const key of stale) this.#stale.set(JSON.stringify(key), key);
    if (this.#stale.size === 0 || this.#refreshing) return;
    this.#refreshing = true;
    setTimeout(() => {
      this.#refreshing = false;
      if (this.#leave.signal.aborted) return;
      for (const queryKey of this.#stale.values()) void this.#client.invalidateQueries({ queryKey });
      this.#stale.clear();
    }, REFRESH_MS);
  }

  async #olderBehind(): Promise<void> {
    while (this.#log.before > 0 && this.#log.events.length < FETCHED_ANYWAY && !this.#leave.signal.aborted)
      if (!(await this.loadOlder())) return;
  }

  /** Fetches the page before what is here. False when it could not be had, or is on its way. */
  async loadOlder(): Promise<boolean> {
    const { before, older } = this.#log;
    if (before === 0 || older === 'loading') return false;
    this.#set({ older: 'loading' });
    try {
      const after = Math.max(0, before - PAGE);
      const page = await rigger.sessions.events(this.#id, {
        after,
        limit: before - after,
        signal: this.#leave.signal,
      });
      this.#set({ events: [...page.events, ...this.#log.events], before: after, older: 'idle' });
      return true;
    } catch {
      this.#set({ older: 'idle' });
      return false;
    }
  }
}

const followers = new Map<string, Follower>();

/**
 * A session's log, live for as long as somebody uses it.
 * @returns the log, and `loadOlder` for the events before `log.before`
 */
export function useSessionLog(id: string): { log: SessionLog; loadOlder: () => void } {
  const client = useQueryClient();
  const { data } = useQuery<SessionLog>({
    queryKey: keys.log(id),
    queryFn: () => client.getQueryData<SessionLog>(keys.log(id)) ?? EMPTY,
    initialData: EMPTY,
    staleTime: Number.POSITIVE_INFINITY,
    // A log is compared by its array: looking into thousands of events for what is equal is for nobody.
    structuralSharing: false,
  });
  useEffect(() => {
    const follower = followers.get(id) ?? new Follower(id, client);
    if (!followers.has(id)) {
      followers.set(id, follower);
      void follower.run();
    }
    follower.users += 1;
    return () => {
      follower.users -= 1;
      if (follower.users > 0) return;
      follower.stop();
      followers.delete(id);
    };
  }, [id, client]);
  return { log: data, loadOlder: () => void followers.get(id)?.loadOlder() };
}
