/** Sessions in the states that measures begin from. */
import { sessionConfig } from './bare.ts';
import type { Client, LoggedEvent } from './http.ts';

/** A long-running session whose agent's process is up and waits for its first message. */
export async function residentSession(client: Client): Promise<string> {
  const body = { pattern: 'long-running', config: sessionConfig };
  const { id } = await client.call<{ id: string }>('POST', '/api/sessions', body);
  const ready = Promise.withResolvers<void>();
  const stop = await client.follow(id, 0, (event) => {
    if (event.type === 'session.status_changed' && event.data.status === 'idle') ready.resolve();
  });
  await ready.promise;
  stop();
  return id;
}

/** The model begins to answer and then falls silent: a turn that runs until somebody does something about it. */
export const SILENT_PROMPT = 'Think about it.\n```offline\n[{ "text": "One moment.", "hangMs": 600000 }]\n```';

export interface SilentTurn {
  id: string;
  /** Resolves at the next event that `test` says yes to. */
  until(test: (event: LoggedEvent) => boolean): Promise<void>;
  /** Another silent turn; resolves when the model has begun to answer it. */
  speakAgain(): Promise<void>;
  stop(): void;
}

/** A resident session in the middle of a model call. */
export async function silentTurn(client: Client): Promise<SilentTurn> {
  const id = await residentSession(client);
  let waiting: { test: (event: LoggedEvent) => boolean; resolve: () => void } | null = null;
  const stop = await client.follow(id, 0, (event) => {
    if (waiting?.test(event)) waiting.resolve();
  });
  const until = (test: (event: LoggedEvent) => boolean) =>
    new Promise<void>((resolve) => {
      waiting = { test, resolve };
    });
  const speakAgain = async () => {
    const streaming = until((event) => event.type === 'sdk.delta' && event.data.type === 'stream_event');
    const async = { prefer: 'respond-async' };
    await client.call('POST', `/api/sessions/${id}/message`, { prompt: SILENT_PROMPT }, async);
    await streaming;
  };
  await speakAgain();
  return { id, until, speakAgain, stop };
}
