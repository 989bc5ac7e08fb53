import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { ReadersHear, ReadersSay, Wire } from './sse-clients.ts';

type Summary = Extract<ReadersSay, object>;

export interface Readers {
  /** Opens this many more streams, spread over the sessions; resolves when every one has begun. */
  follow(url: string, sessions: string[], clients: number, wire?: Wire): Promise<void>;
  reset(): Promise<void>;
  summary(): Promise<Summary>;
  close(): Promise<void>;
}

/** Starts a process of stream readers. */
export function startReaders(): Readers {
  const child = fork(new URL('./sse-clients.ts', import.meta.url), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const ask = async (message: ReadersHear): Promise<ReadersSay> => {
    const answer = once(child, 'message');
    child.send(message);
    return (await answer)[0] as ReadersSay;
  };
  return {
    follow: async (url, sessions, clients, wire = 'sse') =>
      void (await ask({ follow: { url, sessions, clients, wire } })),
    reset: async () => void (await ask('reset')),
    summary: async () => (await ask('summary')) as Summary,
    async close() {
      const ended = once(child, 'exit');
      child.send('stop' satisfies ReadersHear);
      await ended;
    },
  };
}
