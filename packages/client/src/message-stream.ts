/** A message and what comes of it, while it comes. */
import { RiggerApiError, RiggerConnectionError } from './errors.ts';
import { SILENCE_MS } from './follow.ts';
import { backoffMs, pause } from './retry.ts';
import { readEvents } from './sse.ts';
import type { Sent, Transport } from './transport.ts';
import type { MessagePart } from './types.ts';

/** A part as it is sent: its `seq` is the id of its event. */
type Part = MessagePart extends infer P ? (P extends { seq: number } ? Omit<P, 'seq'> : P) : never;

/**
 * Sends a message and yields its turn. Where the connection breaks, the message is sent again under the same key: the server
 * knows it and streams the same turn from its beginning, of which only what is new is yielded. What was of the moment
 * meanwhile, deltas, is missed.
 */
export async function* streamMessage(
  transport: Transport,
  path: string,
  sent: Sent,
): AsyncGenerator<MessagePart, void, undefined> {
  let seen = 0;
  let attempt = 0;
  let waited = 0;
  for (;;) {
    let error: Error;
    try {
      const answer = await transport.send('POST', path, { ...sent, resend: 'always' });
      if (answer.body === null) throw new TypeError('The answer has no body.');
      for await (const { data, id } of readEvents(answer.body, SILENCE_MS)) {
        const part = JSON.parse(data) as Part;
        if (part.type === 'error' && part.code === 'shutting_down') break;
        if (part.type !== 'message') {
          yield part;
          if (part.type === 'done' || part.type === 'error') return;
          continue;
        }
        const seq = Number(id);
        if (seq <= seen) continue;
        seen = seq;
        attempt = 0;
        waited = 0;
        yield { ...part, seq };
      }
      error = new RiggerConnectionError(transport.baseUrl, new Error('the stream ended before the turn did'));
    } catch (thrown) {
      sent.signal?.throwIfAborted();
      // What `send` throws it has tried often enough already.
      if (thrown instanceof RiggerApiError || thrown instanceof RiggerConnectionError) throw thrown;
      error = new RiggerConnectionError(transport.baseUrl, thrown);
    }
    const waitMs = backoffMs(attempt, Math.random(), null);
    if (waited + waitMs > transport.retryForMs) throw error;
    await pause(waitMs, sent.signal);
    attempt += 1;
    waited += waitMs;
  }
}
