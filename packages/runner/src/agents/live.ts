/** A live process of an agent and its conversation, from its start to its end. */
import {
  type Options,
  type Query,
  query,
  type SDKMessage,
  type SDKResultMessage,
} from '@anthropic-ai/claude-agent-sdk';
import { Calls } from './calls.ts';
import { PromptQueue } from './input.ts';
import type { Caps } from './options.ts';
import { type HistoryProof, NOTHING, since, type Totals, totals } from './transcript.ts';
import type { RunningTurn } from './turn.ts';

export interface LiveParts {
  options: Options;
  caps: Caps;
  /** What its processes carry in their environment. */
  marker: string;
  /** Where its running totals begin. */
  saved?: Totals;
  /** Until what it writes has shown that it has loaded its history; null where there is none. */
  proof: HistoryProof | null;
  /** Kills its process at once. False when there is none. */
  kill(): boolean;
}

export class Live {
  readonly caps: Caps;
  readonly marker: string;
  proof: HistoryProof | null;
  /** The turn whose prompt it was given. */
  turn: RunningTurn | null = null;
  readonly calls = new Calls();
  /** Whether its end was asked for. */
  closing = false;
  /** Whether it began with a call that an earlier process had made. */
  wentOn = false;
  /** Its turn goes on elsewhere: nothing is reported of its end. */
  keepsTurn = false;
  /** Why it is to be replaced before its next turn; told of its end. */
  worn: { reason: string; memoryBytes: number } | null = null;
  /** Whether it was ever given a prompt. */
  used = false;
  /** Whether nothing is said in it: no turn, and no background task that has woken the model. */
  quiet = true;
  readonly query: Query;
  readonly #prompts = new PromptQueue();
  readonly #savedUsd: number;
  readonly #kill: () => boolean;
  #seen: Totals;
  #over: Promise<void> = Promise.resolve();

  constructor({ options, caps, marker, saved = NOTHING, proof, kill }: LiveParts) {
    this.caps = caps;
    this.marker = marker;
    this.proof = proof;
    this.#seen = saved;
    this.#savedUsd = saved.costUsd;
    this.#kill = kill;
    this.query = query({ prompt: this.#prompts, options });
  }

  /** USD spent by this process. */
  get spentUsd(): number {
    return this.#seen.costUsd - this.#savedUsd;
  }

  /** Reads its messages until they end; `exited` is told with what went wrong, if anything. */
  follow(take: (message: SDKMessage) => void, exited: (fault: Error | null) => Promise<void>): void {
    this.#over = (async () => {
      let fault: Error | null = null;
      try {
        for await (const message of this.query) {
          if (message.type === 'result') this.quiet = true;
          else if (message.type === 'assistant' || message.type === 'stream_event') this.quiet = false;
          take(message);
        }
      } catch (error) {
        fault = error instanceof Error ? error : new Error(String(error));
      }
      await exited(fault);
    })();
  }

  /** Gives it a turn's prompt. */
  give(turn: RunningTurn, message: Parameters<PromptQueue['push']>[0]): void {
    this.turn = turn;
    this.used = true;
    this.#prompts.push(message);
  }

  /** It goes on by itself with a call of a turn that an earlier process had begun. */
  goOn(turn: RunningTurn, { toolUseId, tool }: { toolUseId: string; tool: string }): void {
    this.turn = turn;
    this.wentOn = true;
    turn.goesOnWith(toolUseId, tool);
    this.calls.again(toolUseId, tool);
  }

  /** What a result adds to the totals seen before. */
  count(result: SDKResultMessage): Totals {
    const total = totals(result.total_cost_usd, result.modelUsage);
    const spent = since(this.#seen, total);
    this.#seen = total;
    return spent;
  }

  /** Ends it as it is: nothing that it would do or say from here on is wanted, as its turn goes on elsewhere. */
  async abandon(): Promise<void> {
    this.closing = true;
    if (!this.#kill()) this.query.close();
    this.#prompts.end();
    await this.#over;
  }

  /** Closes its input, and kills what has not ended by itself within `graceMs`. */
  async end(graceMs: number): Promise<void> {
    this.closing = true;
    this.#prompts.end();
    const late = Promise.withResolvers<'late'>();
    const timer = setTimeout(() => late.resolve('late'), graceMs);
    if ((await Promise.race([this.#over, late.promise])) === 'late') this.query.close();
    clearTimeout(timer);
    await this.#over;
  }
}
