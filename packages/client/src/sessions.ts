import { type FollowOptions, follow } from './follow.ts';
import { streamMessage } from './message-stream.ts';
import { segment } from './paths.ts';
import { type CallOptions, newIdempotencyKey, type Sent, type Transport } from './transport.ts';
import type { AnswerOf } from './typed.ts';
import type {
  Delta,
  EventPage,
  Message,
  MessagePart,
  MessageResponse,
  Prompt,
  Session,
  SessionCreate,
  SessionEvent,
  SessionFork,
  SessionPage,
  SessionQuery,
  SessionResume,
  SessionStats,
  SessionUpdate,
  StatsQuery,
  TerminateReason,
  Turn,
  TurnPage,
} from './types.ts';

/** What can be sent again under one name. A key is made where none is given, so that a retry has no second effect. */
export interface KeyedOptions extends CallOptions {
  idempotencyKey?: string;
}

type PageOptions = CallOptions & { after?: number; limit?: number };
const LIST_PAGE = 100;
const LOG_PAGE = 1_000;

const keyed = ({ idempotencyKey, ...rest }: KeyedOptions): Pick<Sent, 'headers' | 'resend' | 'signal'> => ({
  ...rest,
  headers: { 'idempotency-key': idempotencyKey ?? newIdempotencyKey() },
  resend: 'always',
});

const asMessage = (message: Prompt | Message): Message =>
  typeof message === 'string' || Array.isArray(message) ? { prompt: message } : message;

/** Sessions, their messages and their logs. Every method throws RiggerApiError and RiggerConnectionError. */
export class Sessions {
  readonly #http: Transport;

  constructor(transport: Transport) {
    this.#http = transport;
  }

  #at(id: string, rest = ''): string {
    return `/api/sessions/${segment(id)}${rest}`;
  }

  create(request: SessionCreate, options: KeyedOptions = {}): Promise<Session> {
    return this.#http.json('POST', '/api/sessions', { ...keyed(options), json: request });
  }

  get(id: string, options: CallOptions = {}): Promise<Session> {
    return this.#http.json('GET', this.#at(id), options);
  }

  /** One page, newest first: by `page` and `pageSize` with a total, or by `cursor` and `limit`. */
  list(query: SessionQuery = {}, options: CallOptions = {}): Promise<SessionPage> {
    return this.#http.json('GET', '/api/sessions', { ...options, query });
  }

  /** Every session that matches, newest first, page by page. */
  async *each(
    query: Omit<SessionQuery, 'page' | 'pageSize' | 'cursor'> = {},
    options: CallOptions = {},
  ): AsyncGenerator<Session, void, undefined> {
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page: SessionPage = await this.list(
        { limit: LIST_PAGE, ...query, ...(cursor === undefined ? {} : { cursor }) },
        options,
      );
      yield* page.sessions;
      cursor = page.nextCursor ?? null;
    }
  }

  update(id: string, changes: SessionUpdate, options: CallOptions = {}): Promise<Session> {
    return this.#http.json('PATCH', this.#at(id), { ...options, json: changes, resend: 'always' });
  }

  /** Ends it and answers once its processes are gone. Doing it twice is fine. */
  terminate(
    id: string,
    { reason, ...options }: CallOptions & { reason?: TerminateReason } = {},
  ): Promise<AnswerOf<'POST', '/api/sessions/{id}/terminate'>> {
    const json = reason === undefined ? {} : { reason };
    return this.#http.json('POST', this.#at(id, '/terminate'), { ...options, json, resend: 'always' });
  }

  /** Ends it if it lives, and removes its log, transcripts and files. */
  delete(id: string, options: CallOptions = {}): Promise<AnswerOf<'DELETE', '/api/sessions/{id}'>> {
    return this.#http.json('DELETE', this.#at(id), options);
  }

  /** Sends a message and waits for its turn's end, whatever that is: `turn.status` says. */
  message(id: string, message: Prompt | Message, options: KeyedOptions = {}): Promise<MessageResponse> {
    const json = { ...asMessage(message), streaming: false };
    return this.#http.json('POST', this.#at(id, '/message'), { ...keyed(options), json });
  }

  /** Sends a message and comes back with the queued turn; what becomes of it is in the log, and at `turn`. */
  queue(id: string, message: Prompt | Message, options: KeyedOptions = {}): Promise<{ turn: Turn; session: Session }> {
    const { headers, ...rest } = keyed(options);
    return this.#http.json('POST', this.#at(id, '/message'), {
      ...rest,
      headers: { ...headers, prefer: 'respond-async' },
      json: { ...asMessage(message), streaming: false },
    });
  }

  /** Sends a message and yields its turn while it runs; the last part is `done` or `error`. Reconnects by itself. */
  messageStream(
    id: string,
    message: Prompt | Message,
    options: KeyedOptions = {},
  ): AsyncGenerator<MessagePart, void, undefined> {
    const json = { ...asMessage(message), streaming: true };
    return streamMessage(this.#http, this.#at(id, '/message'), { ...keyed(options), json });
  }

  /** Stops the running turns, or that of one agent, and keeps the session. */
  interrupt(
    id: string,
    { agent, ...options }: CallOptions & { agent?: string } = {},
  ): Promise<AnswerOf<'POST', '/api/sessions/{id}/interrupt'>> {
    const json = agent === undefined ? {} : { agent };
    return this.#http.json('POST', this.#at(id, '/interrupt'), { ...options, json });
  }

  /** Brings a parked session back, or makes a new one that continues an ended one: then its `id` is another. */
  resume(id: string, request: SessionResume = {}, options: CallOptions = {}): Promise<Session> {
    return this.#http.json('POST', this.#at(id, '/resume'), { ...options, json: request });
  }

  /** A new session that goes on from where this one is, was at a snapshot, or was after a message. */
  fork(id: string, request: SessionFork = {}, options: CallOptions = {}): Promise<Session> {
    return this.#http.json('POST', this.#at(id, '/fork'), { ...options, json: request });
  }

  /** One page of the log, from the oldest. */
  events(id: string, { after, limit, ...options }: PageOptions = {}): Promise<EventPage> {
    return this.#http.json('GET', this.#at(id, '/events'), { ...options, query: { after, limit } });
  }

  /** The log as it is now, page by page. */
  async *eachEvent(id: string, options: CallOptions & { after?: number } = {}): AsyncGenerator<SessionEvent, void> {
    for (let after: number | null = options.after ?? 0; after !== null; ) {
      const page: EventPage = await this.events(id, { ...options, after, limit: LOG_PAGE });
      yield* page.events;
      after = page.next;
    }
  }

  /** The log after a cursor and then live, each event once and without a gap, over as many connections as it takes. */
  follow(id: string, options: FollowOptions & { deltas: true }): AsyncGenerator<SessionEvent | Delta, void, undefined>;
  follow(id: string, options?: FollowOptions): AsyncGenerator<SessionEvent, void, undefined>;
  follow(id: string, options: FollowOptions = {}): AsyncGenerator<SessionEvent | Delta, void, undefined> {
    return follow(this.#http, this.#at(id), options);
  }

  turns(id: string, { after, limit, ...options }: PageOptions = {}): Promise<TurnPage> {
    return this.#http.json('GET', this.#at(id, '/turns'), { ...options, query: { after, limit } });
  }

  turn(id: string, turnId: string, options: CallOptions = {}): Promise<Turn> {
    return this.#http.json('GET', this.#at(id, `/turns/${segment(turnId)}`), options);
  }

  stats(query: StatsQuery = {}, options: CallOptions = {}): Promise<SessionStats> {
    return this.#http.json('GET', '/api/sessions/stats/summary', { ...options, query });
  }
}
