import type { SessionEvent } from '../api/types.ts';

/** An agent as its log tells of it. */
export interface AgentFacts {
  name: string;
  model: string | null;
  working: boolean;
  /** Tokens that its conversation takes up, and that its model can take; null: not known yet. */
  context: number | null;
  window: number | null;
}

type Usage = Record<'input_tokens' | 'cache_read_input_tokens' | 'cache_creation_input_tokens', number | undefined>;
const contextOf = (usage: Usage): number =>
  (usage.input_tokens ?? 0) + (usage.cache_read_input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0);

/** What an event says of its agent; null: nothing. */
function told({ type, data }: SessionEvent): Partial<AgentFacts> | null {
  if (type === 'turn.queued') return {};
  if (type === 'turn.started') return { working: true };
  if (type === 'turn.finished') return { working: false };
  if (type !== 'sdk.message') return null;
  if (data.type === 'system' && data.subtype === 'init')
    return { model: typeof data.model === 'string' ? data.model : null };
  if (data.type === 'assistant' && data.parent_tool_use_id == null) {
    const { usage } = data.message as { usage?: Usage };
    const context = usage === undefined ? 0 : contextOf(usage);
    return context > 0 ? { context } : null;
  }
  if (data.type === 'result') {
    const models = Object.values((data.modelUsage ?? {}) as Record<string, { contextWindow?: number }>);
    const window = Math.max(0, ...models.map(({ contextWindow = 0 }) => contextWindow));
    return window > 0 ? { window } : null;
  }
  return null;
}

const NOTHING_KNOWN = { model: null, working: false, context: null, window: null };

/** The agents of a session, in the order in which they were first heard of. */
export class Agents {
  readonly #facts = new Map<string, AgentFacts>();

  get all(): AgentFacts[] {
    return [...this.#facts.values()];
  }

  take(event: SessionEvent): void {
    const { agent: name } = event;
    const patch = told(event);
    if (name === null || patch === null) return;
    this.#facts.set(name, { ...(this.#facts.get(name) ?? { name, ...NOTHING_KNOWN }), ...patch });
  }
}
