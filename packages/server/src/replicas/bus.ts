/**
 * How servers over one database hear of each other's work. PostgreSQL is the truth: what is said here only wakes, so
 * a word that is lost costs time and nothing else, and asking the database now and then makes up for it.
 *
 * What is to be said gathers while the last words are on their way, and goes out in one transaction of its own: a commit
 * never waits for a notification, and a busy server says much at once. A server that has heard of no other says
 * nothing but that it is there.
 */
import { newId } from '../model/ids.ts';
import type { Delta } from '../model/turn.ts';
import type { Committed } from '../sessions/committed.ts';
import type { Engine } from '../sessions/engine.ts';
import { learnDraining } from '../sessions/runners.ts';
import { Channel, MAX_PAYLOAD_BYTES } from '../store/channel.ts';
import { readEvents } from '../store/events.ts';
import { type Changed, decode, encode, type Line } from './frames.ts';

/** Words wait this long for company. */
const GATHER_MS = 5;
const PRESENCE_MS = 5_000;
/** A server that has not been heard of for so long is gone, and so are its readers. */
const GONE_MS = 3 * PRESENCE_MS;
/** Live text is worth something at once or not at all. */
const MAX_WAITING_DELTAS = 2_000;
const MAX_EVENTS_READ = 200;

export interface BusParts {
  engine: Engine;
  /** A runner that may be connected here is to be told something about a session. */
  onTell(session: string, runner: string): void;
  onDeleted(session: string): void;
  /** Words may have been missed, or will be. */
  onMissed(): void;
}

export class Bus {
  /** This server among the others. */
  readonly id = newId('srv');
  readonly #parts: BusParts;
  readonly #engine: Engine;
  readonly #channel: Channel;
  readonly #others = new Map<string, number>();
  readonly #changed = new Map<string, Changed>();
  readonly #lines: Line[] = [];
  #deltas: Line[] = [];
  readonly #tails = new Map<string, number>();
  readonly #reading = new Map<string, number>();
  #gathering: NodeJS.Timeout | null = null;
  #saying: Promise<void> | null = null;
  #presence: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(parts: BusParts) {
    this.#parts = parts;
    this.#engine = parts.engine;
    this.#channel = new Channel(parts.engine.database, {
      onPayload: (payload) => this.#hear(payload),
      onListening: () => {
        this.#say(['hello', true]);
        parts.onMissed();
      },
      onLost: (error) => {
        this.#engine.log.warn(
          { error: error.message },
          'Notifications of other servers cannot be heard; the database is asked instead',
        );
        parts.onMissed();
      },
    });
  }

  /** Whether words of others can be heard now. */
  get listening(): boolean {
    return this.#channel.listening;
  }

  async start(): Promise<void> {
    const { signals, followers } = this.#engine;
    signals.on('committed', this.#onCommitted);
    followers.signals.on('watchedHere', this.#onWatched);
    followers.signals.on('delta', this.#onDelta);
    this.#presence = setInterval(() => this.#beThere(), PRESENCE_MS);
    this.#presence.unref();
    await this.#channel.open();
  }

  /** Which runners are being emptied has changed here. */
  drainingChanged(): void {
    this.#say(['draining']);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const { signals, followers } = this.#engine;
    signals.off('committed', this.#onCommitted);
    followers.signals.off('watchedHere', this.#onWatched);
    followers.signals.off('delta', this.#onDelta);
    for (const timer of [this.#presence, this.#gathering]) if (timer !== null) clearTimeout(timer);
    this.#lines.push(['bye']);
    await this.#saying;
    await this.#sayNow().catch(() => {});
    await this.#channel.close();
  }

  // ── What this server says ──

  readonly #onCommitted = ({ session, events, given, stopped, answered, release, deleted }: Committed): void => {
    if (deleted) this.#say(['deleted', session.id]);
    else {
      const tell = given.length > 0 || stopped.length > 0 || answered.length > 0 || release;
      const earlier = this.#changed.get(session.id);
      if (events.length === 0 && !tell) return;
      this.#tails.delete(session.id);
      // Told for the newest holder: an older one has lost its lease and hears that by itself.
      const word: Changed = [
        'changed',
        session.id,
        session.lastEventSeq,
        session.runnerId,
        tell || earlier?.[4] === true,
      ];
      if (earlier === undefined || earlier[2] <= session.lastEventSeq) this.#changed.set(session.id, word);
      else earlier[4] ||= tell;
      this.#gather();
    }
  };

  readonly #onWatched = (session: string, on: boolean): void => this.#say(['watch', session, on]);

  readonly #onDelta = (session: string, { type: _, ...delta }: Delta): void => {
    if (this.#deltas.length >= MAX_WAITING_DELTAS) return;
    this.#deltas.push(['delta', session, delta]);
    this.#gather();
  };

  #say(line: Line): void {
    this.#lines.push(line);
    this.#gather();
  }

  /** Nobody else is there, as far as can be heard. */
  get #alone(): boolean {
    return this.#channel.listening && this.#others.size === 0;
  }

  #gather(): void {
    if (this.#gathering !== null || this.#saying !== null || this.#closed) return;
    this.#gathering = setTimeout(() => {
      this.#gathering = null;
      this.#saying = this.#sayNow()
        .catch((error: unknown) =>
          this.#engine.log.warn({ err: error }, 'Other servers could not be told; they will find out by asking'),
        )
        .finally(() => {
          this.#saying = null;
          if (this.#lines.length + this.#changed.size + this.#deltas.length > 0) this.#gather();
        });
    }, GATHER_MS);
  }

  async #sayNow(): Promise<void> {
    const all = [...this.#lines.splice(0), ...this.#changed.values(), ...this.#deltas];
    this.#changed.clear();
    this.#deltas = [];
    const lines = this.#alone ? all.filter(([kind]) => kind === 'hello' || kind === 'bye') : all;
    if (lines.length > 0) await this.#channel.notify(encode(this.id, lines, MAX_PAYLOAD_BYTES));
  }

  #beThere(): void {
    const now = performance.now();
    for (const [server, until] of this.#others) if (until < now) this.#others.delete(server);
    this.#engine.followers.expire(now);
    for (const session of this.#tails.keys())
      if (!this.#engine.followers.isFollowed(session)) this.#tails.delete(session);
    this.#say(['hello', false]);
    for (const session of this.#engine.followers.watchedHere()) this.#say(['watch', session, true]);
  }

  // ── What it hears ──

  #hear(payload: string): void {
    const { from, lines } = decode(payload);
    if (from === this.id || this.#closed) return;
    const { followers } = this.#engine;
    const until = performance.now() + GONE_MS;
    if (!this.#others.has(from)) {
      this.#engine.log.info({ server: from }, 'Heard of another server');
      // It has not heard what this one's readers follow.
      for (const session of followers.watchedHere()) this.#say(['watch', session, true]);
    }
    this.#others.set(from, until);
    for (const line of lines) {
      switch (line[0]) {
        case 'hello':
          if (line[1]) this.#say(['hello', false]);
          break;
        case 'bye':
          this.#others.delete(from);
          break;
        case 'changed': {
          const [, session, lastSeq, runner, tell] = line;
          if (followers.isFollowed(session)) void this.#readFor(session, lastSeq);
          if (tell && runner !== null) this.#parts.onTell(session, runner);
          break;
        }
        case 'deleted':
          followers.elsewhere({ session: line[1], lastSeq: 0, deleted: true, events: [] });
          this.#parts.onDeleted(line[1]);
          break;
        case 'watch':
          followers.watchElsewhere(line[1], from, line[2], until);
          break;
        case 'delta':
          followers.deliver(line[1], { type: 'sdk.delta', ...line[2] });
          break;
        case 'draining':
          void learnDraining(this.#engine).catch(() => {});
          break;
      }
    }
  }

  /** Reads what is new in a log once for all who follow it here. One reading at a time for a session. */
  async #readFor(session: string, lastSeq: number): Promise<void> {
    const underWay = this.#reading.get(session);
    this.#reading.set(session, Math.max(underWay ?? 0, lastSeq));
    if (underWay !== undefined) return;
    try {
      for (;;) {
        const wanted = this.#reading.get(session) ?? lastSeq;
        const from = this.#tails.get(session) ?? Math.max(0, wanted - 1);
        const events =
          wanted > from
            ? await readEvents(this.#engine.database.db, session, from, MAX_EVENTS_READ).catch(() => [])
            : [];
        const reached = Math.max(wanted, events.at(-1)?.seq ?? 0);
        this.#tails.set(session, reached);
        this.#engine.followers.elsewhere({ session, lastSeq: reached, deleted: false, events });
        if ((this.#reading.get(session) ?? 0) <= reached) return;
      }
    } finally {
      this.#reading.delete(session);
      if (!this.#engine.followers.isFollowed(session)) this.#tails.delete(session);
    }
  }
}
