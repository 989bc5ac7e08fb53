/** The bare SDK, used as its documentation shows: what Rigger is compared with. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Options, type Query, query, type SDKMessage, type SDKUserMessage } from '@anthropic-ai/claude-agent-sdk';

/** What both sides ask for. */
export const MODEL = 'claude-sonnet-4-5';
export const SYSTEM_PROMPT = 'You are a terse assistant of a benchmark.';
export const ALLOWED_TOOLS = ['Read', 'Bash'];
export const sessionConfig = { model: MODEL, systemPrompt: SYSTEM_PROMPT, allowedTools: ALLOWED_TOOLS };

export interface Bare {
  /** One prompt, one process: milliseconds from the call to its result. Resolves once the process has ended. */
  cold(prompt: string): Promise<number>;
  /** The same to the first piece of its answer. */
  firstToken(prompt: string): Promise<number>;
  /** A live process that takes one prompt after the other. */
  live(): BareLive;
  close(): void;
}

export interface BareLive {
  turn(prompt: string): Promise<void>;
  /** Starts a turn; the second promise settles at its result. */
  begin(prompt: string): { streaming: Promise<void>; over: Promise<void> };
  interrupt(): Promise<void>;
  close(): Promise<void>;
}

export function makeBare(modelUrl: string): Bare {
  const root = mkdtempSync(join(tmpdir(), 'rigger-bench-bare-'));
  // One home for all its runs, as a program on its user's machine has.
  const options: Options = {
    model: MODEL,
    systemPrompt: SYSTEM_PROMPT,
    allowedTools: ALLOWED_TOOLS,
    includePartialMessages: true,
    settingSources: [],
    title: 'Bench session',
    cwd: root,
    env: {
      PATH: process.env.PATH,
      HOME: root,
      LANG: 'C.UTF-8',
      CLAUDE_CONFIG_DIR: join(root, '.claude'),
      ANTHROPIC_BASE_URL: modelUrl,
      ANTHROPIC_API_KEY: 'bench',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_AUTOUPDATER: '1',
      IS_SANDBOX: '1',
    },
  };
  return {
    async cold(prompt) {
      const began = performance.now();
      let took = Number.NaN;
      for await (const message of query({ prompt, options })) {
        if (message.type === 'result') took = performance.now() - began;
      }
      return took;
    },
    async firstToken(prompt) {
      const began = performance.now();
      let took = Number.NaN;
      for await (const message of query({ prompt, options }))
        if (message.type === 'stream_event' && message.event.type === 'content_block_delta' && Number.isNaN(took))
          took = performance.now() - began;
      return took;
    },
    live: () => openLive(options),
    close: () => rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }),
  };
}

function openLive(options: Options): BareLive {
  const waiting: SDKUserMessage[] = [];
  let wake: () => void = () => {};
  let ended = false;
  async function* prompts(): AsyncGenerator<SDKUserMessage, void> {
    for (;;) {
      const next = waiting.shift();
      if (next !== undefined) yield next;
      else if (ended) return;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  }
  const running: Query = query({ prompt: prompts(), options });
  let onMessage: (message: SDKMessage) => void = () => {};
  const over = (async () => {
    for await (const message of running) onMessage(message);
  })().catch(() => {});
  const begin = (prompt: string) => {
    const streaming = Promise.withResolvers<void>();
    const result = Promise.withResolvers<void>();
    onMessage = (message) => {
      if (message.type === 'stream_event') streaming.resolve();
      if (message.type === 'result') result.resolve();
    };
    waiting.push({ type: 'user', message: { role: 'user', content: prompt }, parent_tool_use_id: null });
    wake();
    return { streaming: streaming.promise, over: result.promise };
  };
  return {
    begin,
    turn: (prompt) => begin(prompt).over,
    interrupt: async () => void (await running.interrupt()),
    async close() {
      ended = true;
      wake();
      await over;
    },
  };
}
