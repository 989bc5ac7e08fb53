/** One client: it lives through one session after the other, from its creation to its deletion. */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Answer, Api } from './api.ts';
import { Follower } from './follower.ts';
import type { Ledger, Message, Session } from './ledger.ts';
import { anything, configOf, type Said, something, toCrew } from './prompts.ts';
import type { Random } from './random.ts';
import type { Sql } from './sql.ts';
import { compareStream, judgeSession } from './verify.ts';

const PATTERNS = [
  'ephemeral',
  'ephemeral',
  'hybrid',
  'hybrid',
  'hybrid',
  'long-running',
  'long-running',
  'single-container',
];
/** A hybrid session without work is parked after this, so that messages have to bring sessions back. */
const PARK_AFTER_MS = 1_200;
/** For the answer that comes with the turn's end; then it is asked for again under the same key. */
const WAITING_TIMEOUT_MS = 25_000;
const SHARE_REPEATED = 0.2;
const SHARE_OTHER_BODY = 0.05;
const SHARE_WAITING = 0.25;
const SHARE_ENDED_MID_TURN = 0.08;
const SHARE_KEPT = 0.25;

export interface ClientParts {
  api: Api;
  sql: Sql;
  ledger: Ledger;
  random: Random;
  name: string;
  /** Whether new sessions are still to be begun. */
  goOn(): boolean;
  /** Aborts when nobody waits any more. */
  over: AbortSignal;
  /** For how long turns may take in all. */
  patienceMs: number;
}

export class Client {
  readonly #parts: ClientParts;
  #count = 0;

  constructor(parts: ClientParts) {
    this.#parts = parts;
  }

  /** Resolves when it has finished its last session. */
  async run(): Promise<void> {
    const { goOn, over, ledger } = this.#parts;
    while (goOn() && !over.aborted) {
      await this.#session().catch((error: unknown) => {
        if (!over.aborted)
          ledger.violate('client', error instanceof Error ? (error.stack ?? error.message) : String(error));
      });
    }
  }

  async #session(): Promise<void> {
    const { api, ledger, random } = this.#parts;
    const session = await this.#create(random.pick(PATTERNS));
    if (session === null) return;
    const follower = new Follower(api, ledger, session);
    try {
      await this.#talk(session, follower);
      await this.#finish(session, follower);
    } finally {
      follower.stop();
    }
  }

  async #create(pattern: string): Promise<Session | null> {
    const { api, ledger, random, name } = this.#parts;
    this.#count += 1;
    // Random as a client's keys are; the rest of the name is for whoever reads the logs.
    const key = `${name}-${this.#count}-${randomUUID()}`;
    const parks = pattern === 'hybrid' && random.chance(0.6);
    const answer = await api.insist('POST', '/api/sessions', {
      headers: { 'idempotency-key': key },
      body: {
        pattern,
        config: configOf(pattern),
        description: key,
        tags: ['chaos'],
        ...(parks ? { maxIdleTimeMs: PARK_AFTER_MS } : {}),
      },
    });
    if (answer.status !== 201) {
      ledger.violate('create', `${key} was answered with ${answer.status} ${answer.body?.code}`);
      return null;
    }
    const known = ledger.sessions.get(answer.body.id);
    if (known !== undefined) throw new Error(`${answer.body.id} was created twice: for ${known.key} and for ${key}`);
    const { id } = answer.body;
    const session: Session = { id, pattern, key, messages: [], events: [], state: 'open' };
    ledger.sessions.set(id, session);
    return session;
  }

  async #talk(session: Session, follower: Follower): Promise<void> {
    const { random, goOn, ledger } = this.#parts;
    const { pattern } = session;
    const count = pattern === 'ephemeral' ? random.int(1, 2) : random.int(3, 7);
    const waits: Promise<void>[] = [];
    for (let n = 0; n < count && (n === 0 || goOn()); n += 1) {
      const marker = `${this.#parts.name}-s${this.#count}-m${n + 1}-${randomUUID().slice(0, 8)}`;
      const said = pattern === 'single-container' ? toCrew(marker, random) : anything(marker, random);
      const { message, done } = this.#send(session, marker, said);
      waits.push(done);
      await Promise.race([done, pause(random.int(50, 400))]);
      // After a turn that the model refused, the CLI sends that prompt again together with the next one, script and all.
      if (message.refused !== null || said.kind === 'model refuses') break;
      // An ephemeral session is over with its last queued turn: what is to come must be queued by then.
      if (pattern === 'ephemeral') continue;
      if (random.chance(0.6)) await this.#ended(session, follower);
      await pause(random.chance(0.3) ? PARK_AFTER_MS + random.int(300, 1_500) : random.int(0, 500));
    }
    await Promise.all(waits);
    if (random.chance(SHARE_ENDED_MID_TURN)) await this.#endMidTurn(session);
    await this.#ended(session, follower);
    const problem = session.messages.find((message) => message.acknowledgedAt === null && message.refused === null);
    if (problem !== undefined) ledger.violate('client', `${problem.marker} was neither acknowledged nor refused`);
  }

  /** Sends a message until it is acknowledged or refused. `done` resolves then. */
  #send(session: Session, marker: string, said: Said): { message: Message; done: Promise<void> } {
    const { api, ledger, random } = this.#parts;
    const message: Message = {
      marker,
      kind: said.kind,
      sentAt: Date.now(),
      acknowledgedAt: null,
      turn: null,
      refused: null,
      tries: 0,
      endedAt: null,
      outcome: null,
    };
    session.messages.push(message);
    const waits = random.chance(SHARE_WAITING);
    const repeats = random.chance(SHARE_REPEATED);
    const triesOther = random.chance(SHARE_OTHER_BODY);
    const path = `/api/sessions/${session.id}/message`;
    const { kind: _kind, ...body } = said;
    const headers = { 'idempotency-key': marker, ...(waits ? {} : { prefer: 'respond-async' }) };
    const timeoutMs = waits ? WAITING_TIMEOUT_MS : undefined;
    const done = async () => {
      const answer = await api.insist('POST', path, {
        headers,
        body,
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      });
      message.tries = answer.tries;
      if (answer.tries > 1) ledger.tally.retried += 1;
      if (answer.status >= 300) {
        message.refused = String(answer.body?.code ?? answer.status);
        return;
      }
      ledger.acknowledge(message, answer.body.turn.id);
      if (repeats) await this.#repeat(path, { headers, body }, answer);
      if (triesOther) await this.#tryOtherBody(path, headers, { ...body, prompt: 'Something else.' });
    };
    return { message, done: done() };
  }

  /** The same again, elsewhere: the answer must name the same turn. */
  async #repeat(path: string, ask: { headers: Record<string, string>; body: object }, first: Answer): Promise<void> {
    const { api, ledger } = this.#parts;
    const { turn } = first.body;
    const again = await api.insist('POST', path, {
      ...ask,
      at: api.otherThan(first.at),
      timeoutMs: WAITING_TIMEOUT_MS,
    });
    ledger.tally.repeats += 1;
    if (again.status >= 300 || again.body?.turn?.id !== turn.id)
      ledger.violate(
        'repeat',
        `${path}: ${turn.id} was acknowledged, and the same request again was answered with ${again.status} ${again.body?.turn?.id ?? again.body?.code}`,
      );
  }

  async #tryOtherBody(path: string, headers: Record<string, string>, body: object): Promise<void> {
    const { api, ledger } = this.#parts;
    const { status, body: answer } = await api.insist('POST', path, { headers, body });
    ledger.tally.otherBodies += 1;
    if (status !== 409)
      ledger.violate(
        'repeat',
        `${path}: another body under a used key was answered with ${status} ${answer?.turn?.id ?? answer?.code}`,
      );
  }

  async #endMidTurn(session: Session): Promise<void> {
    const { api, random } = this.#parts;
    const marker = `${this.#parts.name}-s${this.#count}-last-${randomUUID().slice(0, 8)}`;
    await this.#send(session, marker, something('slow', marker, random)).done;
    await pause(random.int(0, 800));
    await api.insist('POST', `/api/sessions/${session.id}/terminate`);
  }

  /** Waits until every acknowledged turn of the session has ended, as its follower sees it. */
  async #ended(session: Session, follower: Follower): Promise<void> {
    const pending = () => session.messages.filter((one) => one.acknowledgedAt !== null && one.endedAt === null);
    const { patienceMs, ledger, over } = this.#parts;
    await follower
      .until(() => over.aborted || pending().length === 0, patienceMs)
      .catch(() => {
        for (const { marker, turn } of pending())
          ledger.violate('stuck', `${session.id} ${turn} (${marker}): no end was seen within ${patienceMs / 1_000} s`);
      });
  }

  /** Looks at everything that is left of the session, then deletes it or leaves it for the last check. */
  async #finish(session: Session, follower: Follower): Promise<void> {
    const { api, sql, ledger, random } = this.#parts;
    const keeps = random.chance(SHARE_KEPT);
    await api.insist('POST', `/api/sessions/${session.id}/terminate`);
    await compareStream(api, ledger, session, follower);
    await judgeSession(sql, ledger, session);
    if (keeps) {
      session.state = 'kept';
      return;
    }
    session.state = 'deleted';
    follower.stop();
    await api.insist('DELETE', `/api/sessions/${session.id}`);
    ledger.tally.deleted += 1;
    const { status } = await api.insist('GET', `/api/sessions/${session.id}`);
    if (status !== 404) ledger.violate('delete', `${session.id} was deleted, and is answered with ${status}`);
    // What was judged needs no more memory.
    session.events = [];
  }
}
