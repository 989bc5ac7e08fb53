import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { ModelCall, ModelSays } from './model-process.ts';

export interface Model {
  url: string;
  pid: number;
  /** Calls that have ended since this was asked last, those the CLI makes for itself left out. */
  takeCalls(): ModelCall[];
  close(): Promise<void>;
}

/** Starts the one offline model that both sides speak to. */
export async function startModel(): Promise<Model> {
  const child = fork(new URL('./model-process.ts', import.meta.url), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  let calls: ModelCall[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The offline model ended with ${code}`)));
    child.on('message', (said: ModelSays) => {
      if ('url' in said) resolve(said.url);
      else if (!said.call.scenario?.startsWith('auxiliary:')) calls.push(said.call);
    });
  });
  return {
    url,
    pid: child.pid!,
    takeCalls() {
      const taken = calls;
      calls = [];
      return taken;
    },
    async close() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
