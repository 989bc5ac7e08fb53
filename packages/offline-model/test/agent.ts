import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Options, query, type SDKMessage, type SDKUserMessage } from '@anthropic-ai/claude-agent-sdk';
import type { OfflineModel } from '../src/index.ts';

/** A fresh workspace and home of one test, removed by `remove()`. */
export async function makeWorkspace() {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'offline-model-')));
  const remove = () => rm(root, { recursive: true, force: true, maxRetries: 5 });
  return { cwd: join(root, 'workspace'), home: join(root, 'home'), remove };
}

export interface Run {
  messages: SDKMessage[];
  /** The `result` text of each turn, in order. */
  results: string[];
  /** Names of the tools called, in order. */
  tools: string[];
}

/** Runs the real SDK and CLI against the offline model: one streaming query, one turn after the other. */
export async function runAgent(
  model: OfflineModel,
  place: { cwd: string; home: string },
  prompts: string[],
  options: Options = {},
): Promise<Run> {
  const run: Run = { messages: [], results: [], tools: [] };
  let next = Promise.withResolvers<void>();
  async function* input(): AsyncGenerator<SDKUserMessage> {
    for (const content of prompts) {
      yield { type: 'user', message: { role: 'user', content }, parent_tool_use_id: null };
      await next.promise;
      next = Promise.withResolvers();
    }
  }
  const answers = query({
    prompt: input(),
    options: {
      cwd: place.cwd,
      settingSources: [],
      allowedTools: ['Bash', 'Read', 'Write', 'Edit', 'Agent', 'Task'],
      ...options,
      env: {
        PATH: process.env.PATH,
        HOME: place.home,
        CLAUDE_CONFIG_DIR: place.home,
        ANTHROPIC_BASE_URL: model.url,
        ANTHROPIC_API_KEY: 'offline',
        IS_SANDBOX: '1',
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
        ...options.env,
      },
    },
  });
  for await (const message of answers) {
    run.messages.push(message);
    if (message.type === 'assistant' && message.parent_tool_use_id === null)
      for (const block of message.message.content) if (block.type === 'tool_use') run.tools.push(block.name);
    if (message.type === 'result') {
      run.results.push(
        message.subtype === 'success' ? message.result : `${message.subtype}: ${message.errors.join('; ')}`,
      );
      next.resolve();
    }
  }
  return run;
}
