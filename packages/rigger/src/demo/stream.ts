/** The message stream of the contract, read as a client would. */
import { createParser } from 'eventsource-parser';

type Json = Record<string, unknown>;

export type StreamEntry =
  | { type: 'stream_event'; data: Json }
  | { type: 'message'; data: Json }
  | { type: 'done'; latency: number; cost: number; session: Json }
  | { type: 'error'; error: string; code: string; session?: Json };

/** POSTs JSON and gives the answer. @throws Error with the problem's own words. */
export async function post(url: string, body: unknown): Promise<Json> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const value = (await answer.json()) as Json;
  if (!answer.ok) throw new Error(`${answer.status} ${value.error}: ${value.detail ?? value.remedy}`);
  return value;
}

/** Sends a message and yields its stream, entry by entry. */
export async function* sendMessage(sessionUrl: string, prompt: string): AsyncGenerator<StreamEntry> {
  const answer = await fetch(`${sessionUrl}/message`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ prompt, streaming: true }),
  });
  if (!answer.ok || answer.body === null) throw new Error(`${answer.status} ${await answer.text()}`);
  const entries: StreamEntry[] = [];
  const parser = createParser({ onEvent: (event) => entries.push(JSON.parse(event.data) as StreamEntry) });
  for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
    parser.feed(chunk);
    yield* entries.splice(0);
  }
}
