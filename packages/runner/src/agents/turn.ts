/** One turn as it runs: what is seen of it, and what it is judged to be when its result comes. No effects here. */
import type { SDKMessage, SDKResultMessage } from '@anthropic-ai/claude-agent-sdk';
import type { ItemOf, TurnOrder, TurnOutcome } from '../protocol/index.ts';

/** Why we stopped a turn ourselves: the SDK reports such ends as if they were errors of its own. */
export type Stop = 'interrupted' | 'max_turns';

export type Finished = Pick<ItemOf<'turn_finished'>, 'outcome' | 'error' | 'numTurns' | 'text' | 'toolsUsed'>;

export class RunningTurn {
  readonly order: TurnOrder;
  readonly #tools = new Map<string, string>();
  #messagesSent = 0;
  stop: Stop | null = null;
  readonly #modelCalls = new Set<string>();
  #text = '';
  readonly #ownBudgetUsd: number | null;

  /** `ownBudgetUsd`: the agent's own cap, beside the session's. */
  constructor(order: TurnOrder, ownBudgetUsd: number | null = null) {
    this.order = order;
    this.#ownBudgetUsd = ownBudgetUsd;
  }

  /** Model round trips of the main conversation so far. */
  get roundTrips(): number {
    return this.#modelCalls.size;
  }

  /** Counts a message to another agent, or says why it may not be sent. */
  mayNotSend(): string | null {
    const { messagesAllowed } = this.order;
    if (messagesAllowed === 0)
      return 'This conversation between agents has gone on for long enough: finish without another message.';
    if (this.#messagesSent >= messagesAllowed) return `One turn may send ${messagesAllowed} messages.`;
    this.#messagesSent += 1;
    return null;
  }

  /** A call that was refused is no use of its tool. */
  refused(toolUseId: string): void {
    this.#tools.delete(toolUseId);
  }

  /** It was taken up at a call that an earlier process had made. */
  goesOnWith(toolUseId: string, tool: string): void {
    this.#tools.set(toolUseId, tool);
  }

  see(message: SDKMessage): void {
    if (message.type !== 'assistant') return;
    const content = message.message.content;
    for (const block of content) if (block.type === 'tool_use') this.#tools.set(block.id, block.name);
    if (message.parent_tool_use_id !== null) return;
    this.#modelCalls.add(message.message.id);
    const text = content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('');
    if (text !== '') this.#text = text;
  }

  /** The turn's end by the SDK's result. */
  judge(result: SDKResultMessage): Finished {
    const text = result.subtype === 'success' && result.result !== '' ? result.result : this.#text;
    // Where a turn is cut short the SDK counts the call that was not made.
    const numTurns =
      result.subtype === 'success' && this.stop === null
        ? Math.max(result.num_turns, this.roundTrips)
        : this.roundTrips;
    return { ...this.#outcome(result), numTurns, text, toolsUsed: [...new Set(this.#tools.values())] };
  }

  /** The turn's end without a result: stopped or lost. */
  judgeWithoutResult(outcome: TurnOutcome, error: Finished['error']): Finished {
    return {
      outcome,
      error,
      numTurns: this.roundTrips,
      text: this.#text,
      toolsUsed: [...new Set(this.#tools.values())],
    };
  }

  #outcome(result: SDKResultMessage): Pick<Finished, 'outcome' | 'error'> {
    if (this.stop !== null) return { outcome: this.stop, error: STOPPED[this.stop] };
    const { remainingTurns, remainingBudgetUsd } = this.order;
    if (result.subtype === 'success') {
      if (!result.is_error) return { outcome: 'succeeded', error: null };
      return { outcome: 'failed', error: { code: 'model_error', message: result.result } };
    }
    if (result.subtype === 'error_max_turns' && remainingTurns !== null && this.roundTrips >= remainingTurns)
      return { outcome: 'max_turns', error: STOPPED.max_turns };
    if (
      result.subtype === 'error_max_budget_usd' &&
      remainingBudgetUsd !== null &&
      remainingBudgetUsd <= (this.#ownBudgetUsd ?? Number.POSITIVE_INFINITY)
    )
      return {
        outcome: 'budget_exceeded',
        error: { code: 'budget_exceeded', message: 'The session’s budget is spent.' },
      };
    return { outcome: 'failed', error: { code: result.subtype, message: result.errors.join('; ') || result.subtype } };
  }
}

const STOPPED: Record<Stop, { code: string; message: string }> = {
  interrupted: { code: 'interrupted', message: 'The turn was interrupted.' },
  max_turns: { code: 'max_turns', message: 'The session has used all of its turns.' },
};

/** What the model is told when its turn is taken up by another process. */
const RESUME_NOTE =
  '[Rigger] The process that ran you died in the middle of this turn and has been replaced; your conversation and files are as they were. ' +
  'The outcome of the last tool call is unknown: it may have happened, wholly or in part, or not at all. Check before you repeat it, then go on with the task.';

const LISTED_CALLS = 20;
const listed = (calls: { tool: string; input: unknown }[]): string =>
  calls.map(({ tool, input }) => `- ${tool} ${JSON.stringify(input)}`).join('\n');

/** What it is told of calls that waited for a person as its process died. */
const waitedNote = ({ asked }: TurnOrder): string =>
  asked.length === 0
    ? ''
    : `\nThese were waiting for a person’s answer and have not happened; make such a call again just as it was, and it gets its answer:\n${listed(asked)}`;

/**
 * What an agent is given for a turn: its prompt at first. At a later attempt a note that goes on from its transcript; and
 * where the process died before its prompt got into the transcript, the prompt once more with what the log has of the
 * tools that were called, so that nothing is done twice in silence.
 */
export function contentFor(order: TurnOrder, inTranscript: boolean): TurnOrder['prompt'] {
  if (order.attempt === 1) return order.prompt;
  if (inTranscript) return `${RESUME_NOTE}${waitedNote(order)}`;
  const calls = order.begun.slice(-LISTED_CALLS);
  const begun =
    calls.length === 0
      ? 'It is not known whether you had begun on it.'
      : `You had begun on it, and called these tools:\n${listed(calls)}`;
  const blocks = typeof order.prompt === 'string' ? [{ type: 'text', text: order.prompt }] : order.prompt;
  return [
    ...blocks,
    { type: 'text', text: `${RESUME_NOTE}\nThe message above is given to you once more. ${begun}${waitedNote(order)}` },
  ];
}
