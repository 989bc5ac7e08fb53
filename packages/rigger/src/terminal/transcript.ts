/** A session's events as a transcript that people read while it is written. */
import type { Delta, SessionEvent } from '@rigger/client';
import { brief, clean } from './clean.ts';
import { blocksOf, resultLines, type SdkMessage, toolLine } from './message-lines.ts';
import { usd } from './units.ts';

/** Where a transcript goes. */
export interface Paper {
  /** Words of an agent, perhaps in the middle of a sentence. */
  words(text: string): void;
  /** The words so far are whole: what follows begins a line. */
  endWords(): void;
  /** A line beside the words. */
  note(line: string, tone: Tone): void;
}
export type Tone = 'plain' | 'dim' | 'tool' | 'warning' | 'error';

type Data = Record<string, unknown>;

/** What limits, budgets and faults do to a session is worth a line; what else is in a log is for its readers. */
const WARNINGS: Record<string, (data: Data) => string> = {
  'turn.resumed': (data) => `its process died, and the turn is taken up again (attempt ${data.attempt})`,
  'session.runner_lost': (data) => `the runner ${data.runner} was lost`,
  'agent.start_failed': (data) => `it could not be started: ${data.message} (${data.code})`,
  'limit.exceeded': (data) => `the limit of ${data.limit} is reached: ${data.action}`,
  'budget.warning': (data) =>
    `${data.percent} % of the budget is spent (${usd(Number(data.spentUsd))} of ${usd(Number(data.limitUsd))})`,
  'budget.exceeded': (data) => `the budget of ${data.scope} is spent (${usd(Number(data.limitUsd))})`,
  'egress.refused': (data) => `not let out to ${data.host ?? data.address}: ${data.reason ?? 'not allowed'}`,
  'snapshot.failed': (data) => `no snapshot could be taken: ${data.message ?? data.code}`,
};

export class Transcript {
  readonly #paper: Paper;
  readonly #several: boolean;
  /** Words that came as deltas, by message, of which the whole is still to come. */
  readonly #early = new Map<string, string>();
  readonly #tools = new Map<string, string>();
  #speaking: string | null = null;

  /** @param several whether several agents speak: then each line says whose it is, and words come when they are whole. */
  constructor(paper: Paper, several: boolean) {
    this.#paper = paper;
    this.#several = several;
  }

  take(event: SessionEvent | Delta): void {
    if (event.type === 'sdk.delta') this.#delta(event as Delta);
    else if (event.type === 'sdk.message') this.#message(event.data as unknown as SdkMessage, event.agent);
    else if (event.type === 'agent.message_sent')
      this.#note(`✉ ${event.data.to}: ${brief(String(event.data.text), 100)}`, 'plain', event.agent);
    else if (event.type in WARNINGS) this.#note(clean(WARNINGS[event.type]!(event.data)), 'warning', event.agent);
  }

  #delta({ data }: Delta): void {
    const { event, parent_tool_use_id: parent } = data as unknown as SdkMessage;
    if (this.#several || parent != null || event === undefined) return;
    if (event.type === 'message_start') this.#speaking = event.message?.id ?? null;
    const text = event.delta?.type === 'text_delta' ? event.delta.text : undefined;
    if (text === undefined || this.#speaking === null) return;
    this.#early.set(this.#speaking, (this.#early.get(this.#speaking) ?? '') + text);
    this.#paper.words(clean(text));
  }

  #message(message: SdkMessage, agent: string | null): void {
    if (message.type !== 'assistant' && message.type !== 'user') return;
    // What a subagent does shows as its tools; its words are for the agent that sent it.
    const isSub = message.parent_tool_use_id != null;
    for (const block of blocksOf(message)) {
      if (message.type === 'assistant' && block.type === 'text' && !isSub)
        this.#words(message, block.text ?? '', agent);
      if (block.type === 'tool_use') {
        this.#tools.set(block.id!, block.name!);
        this.#note(`${isSub ? '  ' : ''}→ ${toolLine(block.name!, block.input)}`, 'tool', agent);
      }
      if (block.type === 'tool_result' && !isSub) this.#result(block, agent);
    }
  }

  #words(message: SdkMessage, text: string, agent: string | null): void {
    if (this.#several) {
      for (const line of clean(text).trim().split('\n')) this.#note(line, 'plain', agent);
      return;
    }
    const id = message.message?.id ?? '';
    const early = this.#early.get(id) ?? '';
    const isSaid = early.startsWith(text);
    this.#early.set(id, isSaid ? early.slice(text.length) : '');
    if (!isSaid) this.#paper.words(clean(text.startsWith(early) ? text.slice(early.length) : text));
    this.#paper.endWords();
  }

  #result(block: ReturnType<typeof blocksOf>[number], agent: string | null): void {
    const mark = block.is_error === true ? '✗' : '←';
    const tone = block.is_error === true ? 'error' : 'dim';
    const lines = resultLines(block, this.#tools.get(block.tool_use_id ?? ''));
    for (const [index, line] of lines.entries()) this.#note(`${index === 0 ? mark : ' '} ${line}`, tone, agent);
  }

  #note(line: string, tone: Tone, agent: string | null): void {
    this.#paper.note(this.#several && agent !== null ? `${agent.padEnd(12)} ${line}` : line, tone);
  }
}
