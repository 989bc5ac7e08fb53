import { type FromRunner, type FromServer, fromRunner } from '@rigger/runner/protocol';
import type { WebSocket } from 'ws';

type Hello = Extract<FromRunner, { type: 'hello' }>;

/** One runner's connection, and what has been said over it. */
export class RunnerConnection {
  readonly id: string;
  readonly hello: Hello;
  readonly #socket: WebSocket;
  /** Sessions opened over this connection, with their lease and the turns given to it. */
  readonly #sessions = new Map<string, { epoch: number; turns: Set<string> }>();
  readonly #queues = new Map<string, Promise<void>>();

  constructor(socket: WebSocket, hello: Hello) {
    this.id = hello.runner;
    this.hello = hello;
    this.#socket = socket;
    for (const held of hello.sessions)
      this.#sessions.set(held.session, { epoch: held.epoch, turns: new Set(held.turns) });
  }

  send(message: FromServer): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  get load(): number {
    return this.#sessions.size / this.hello.capacity;
  }

  /** The lease under which it has the session open, or null. */
  epochOf(session: string): number | null {
    return this.#sessions.get(session)?.epoch ?? null;
  }

  holds(session: string, epoch: number): boolean {
    return this.#sessions.get(session)?.epoch === epoch;
  }

  /** True the first time: the session is then to be opened. */
  opens(session: string, epoch: number): boolean {
    if (this.holds(session, epoch)) return false;
    this.#sessions.set(session, { epoch, turns: new Set() });
    return true;
  }

  /** True the first time that this attempt of a turn is given. */
  gives(session: string, turn: string, attempt: number): boolean {
    const turns = this.#sessions.get(session)?.turns;
    const key = `${turn}#${attempt}`;
    if (turns === undefined || turns.has(key)) return false;
    turns.add(key);
    return true;
  }

  /** The lease of this epoch is over; a newer one is not. */
  forget(session: string, epoch: number): void {
    if (this.holds(session, epoch)) this.#sessions.delete(session);
  }

  /** Runs what concerns one session in the order in which it came, and different sessions side by side. */
  inOrder(session: string, work: () => Promise<void>): Promise<void> {
    const mine = (this.#queues.get(session) ?? Promise.resolve()).then(work);
    const settled = mine
      .catch(() => {})
      .finally(() => {
        if (this.#queues.get(session) === settled) this.#queues.delete(session);
      });
    this.#queues.set(session, settled);
    return mine;
  }
}

/** A frame as a message of the protocol, or why it is none. */
export function parseFrame(data: unknown): { message: FromRunner } | { problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(String(data));
  } catch {
    return { problem: 'not JSON' };
  }
  const parsed = fromRunner.safeParse(value);
  return parsed.success
    ? { message: parsed.data }
    : { problem: parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ') };
}
