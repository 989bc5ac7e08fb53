/** What clients were promised, and what came of it. Everything is judged by this afterwards. */
import type { SessionEvent } from '@rigger/server/types';

export interface Message {
  /** Stands in its prompt and nowhere else. */
  marker: string;
  kind: string;
  sentAt: number;
  /** The first 2xx. */
  acknowledgedAt: number | null;
  /** The turn that the acknowledgement named. */
  turn: string | null;
  /** Refused for good, with the problem's code. */
  refused: string | null;
  tries: number;
  endedAt: number | null;
  outcome: string | null;
}

export interface Session {
  id: string;
  pattern: string;
  /** The key it was created with, which its description repeats. */
  key: string;
  messages: Message[];
  /** What its follower saw. */
  events: SessionEvent[];
  state: 'open' | 'kept' | 'deleted';
}

export interface Violation {
  check: string;
  what: string;
}

export class Ledger {
  readonly sessions = new Map<string, Session>();
  readonly violations: Violation[] = [];
  readonly #byTurn = new Map<string, Message>();
  /** Ends that were seen before the acknowledgement was. */
  readonly #early = new Map<string, { outcome: string; at: number }>();
  readonly #onViolation: (violation: Violation) => void;
  readonly tally = { repeats: 0, otherBodies: 0, retried: 0, connects: 0, streams: 0, events: 0, deleted: 0 };

  constructor(onViolation: (violation: Violation) => void) {
    this.#onViolation = onViolation;
  }

  /** The same is said once. */
  violate(check: string, what: string): void {
    if (this.violations.some((one) => one.check === check && one.what === what)) return;
    this.violations.push({ check, what });
    this.#onViolation({ check, what });
  }

  get messages(): Message[] {
    return [...this.sessions.values()].flatMap((session) => session.messages);
  }

  get acknowledged(): Message[] {
    return this.messages.filter((message) => message.acknowledgedAt !== null);
  }

  get pending(): Message[] {
    return this.acknowledged.filter((message) => message.endedAt === null);
  }

  acknowledge(message: Message, turn: string): void {
    message.acknowledgedAt = Date.now();
    message.turn = turn;
    this.#byTurn.set(turn, message);
    const early = this.#early.get(turn);
    if (early !== undefined) this.#end(message, early.outcome, early.at);
  }

  /** The log says that a turn has ended. */
  turnEnded(turn: string, outcome: string): void {
    const message = this.#byTurn.get(turn);
    if (message === undefined) this.#early.set(turn, { outcome, at: Date.now() });
    else this.#end(message, outcome, Date.now());
  }

  #end(message: Message, outcome: string, at: number): void {
    message.endedAt ??= at;
    message.outcome ??= outcome;
  }
}

/** How a turn ended, as it is counted: `succeeded`, `failed: agent_crashed`. */
export function outcomeOf(event: SessionEvent): string {
  const { status, error } = event.data as { status: string; error: { code: string } | null };
  return error === null || status === 'cancelled' ? status : `${status}: ${error.code}`;
}
