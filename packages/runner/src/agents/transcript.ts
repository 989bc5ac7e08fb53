/**
 * The SDK's session store, as one agent's process sees it: reads come from the server, writes go out as items.
 *
 * `append` returns once the entries are in the outbox, which keeps them until the server has committed them; a server
 * that is away for a minute must not cost a batch, as the SDK drops one after its own time-out.
 */
import type { SessionKey, SessionStore, SessionStoreEntry } from '@anthropic-ai/claude-agent-sdk';

export type Entry = Record<string, unknown>;

/** A block of a message in an entry. */
export interface Block {
  type?: string;
  id?: string;
  name?: string;
  input?: unknown;
  tool_use_id?: string;
}

export function blocksOf(entry: Entry): Block[] {
  const content = (entry.message as { content?: unknown } | undefined)?.content;
  return Array.isArray(content) ? (content as Block[]) : [];
}

/** The calls of tools that an entry makes, by their ids. */
export const callsOf = (entry: Entry): string[] =>
  entry.type === 'assistant' ? blocksOf(entry).flatMap(({ type, id }) => (type === 'tool_use' && id ? [id] : [])) : [];

/** Where transcripts are loaded from. */
export interface TranscriptSource {
  load(sdkSession: string, subpath: string | null): Promise<Entry[] | null>;
  subpaths(sdkSession: string): Promise<string[]>;
}

export interface TranscriptOptions {
  source: TranscriptSource;
  append(sdkSession: string, subpath: string | null, entries: Entry[]): void;
  /** The main transcript that this process resumes from, loaded already. */
  history: { sdkSession: string; entries: Entry[] } | null;
}

export function transcriptStore({ source, append, history }: TranscriptOptions): SessionStore {
  return {
    async append(key: SessionKey, entries: SessionStoreEntry[]) {
      append(key.sessionId, key.subpath ?? null, entries as Entry[]);
    },
    async load(key: SessionKey) {
      const isHistory = key.subpath === undefined && key.sessionId === history?.sdkSession;
      const entries = isHistory ? (history?.entries ?? null) : await source.load(key.sessionId, key.subpath ?? null);
      return entries as SessionStoreEntry[] | null;
    },
    listSubkeys: (key) => source.subpaths(key.sessionId),
  };
}

/** The running total of cost and tokens that a transcript saved last: where a resumed process begins to count. */
export function savedTotals(entries: Entry[]): Totals {
  const saved = entries.findLast((entry) => entry.type === 'cost-state');
  return saved === undefined ? NOTHING : totals(saved.totalCostUSD, saved.modelUsage);
}

export interface Totals {
  costUsd: number;
  tokens: number;
}
export const NOTHING: Totals = { costUsd: 0, tokens: 0 };

const COUNTED = ['inputTokens', 'outputTokens', 'cacheReadInputTokens', 'cacheCreationInputTokens'];

/** From `total_cost_usd` and `modelUsage` as the SDK reports them: running totals, subagents included. */
export function totals(cost: unknown, modelUsage: unknown): Totals {
  const models = Object.values((modelUsage ?? {}) as Record<string, Record<string, unknown>>);
  const tokens = models
    .flatMap((usage) => COUNTED.map((name) => Number(usage[name] ?? 0)))
    .reduce((sum, count) => sum + count, 0);
  return { costUsd: typeof cost === 'number' ? cost : 0, tokens };
}

/** What was added since; a total that went down began anew. */
export function since(before: Totals, now: Totals): Totals {
  return {
    costUsd: now.costUsd >= before.costUsd ? now.costUsd - before.costUsd : now.costUsd,
    tokens: now.tokens >= before.tokens ? now.tokens - before.tokens : now.tokens,
  };
}

/**
 * The proof that a resumed process has its history: what it writes hangs on it. The SDK starts without history where
 * it does not find one, and says nothing.
 *
 * A resumed conversation writes on: its first message must follow one that was loaded. A fork writes its own copy of
 * the history first: there the prompt that woke it must follow something.
 */
export class HistoryProof {
  readonly #known: Set<string>;
  readonly #promptOfFork: string | null;

  constructor(history: Entry[], promptOfFork: string | null) {
    this.#known = new Set(history.map((entry) => entry.uuid).filter((uuid) => typeof uuid === 'string'));
    this.#promptOfFork = promptOfFork;
  }

  /** Looks at entries as they are written, until they tell. */
  judge(entries: Entry[]): 'proved' | 'disproved' | 'open' {
    const fork = this.#promptOfFork;
    const telling = entries.find((entry) =>
      fork === null ? entry.type === 'user' || entry.type === 'assistant' : entry.uuid === fork,
    );
    if (fork !== null) for (const { uuid } of entries) if (typeof uuid === 'string') this.#known.add(uuid);
    if (telling === undefined) return 'open';
    return typeof telling.parentUuid === 'string' && this.#known.has(telling.parentUuid) ? 'proved' : 'disproved';
  }
}
