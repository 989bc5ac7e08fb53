import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { type ApiError, errorBody } from './api/errors.ts';
import { buildMessage } from './api/message.ts';
import type { Reply } from './api/reply.ts';
import { encodeEvent, streamEvents } from './api/stream.ts';
import { apiHeaders, newId, sendJson } from './http.ts';
import type { CallLedger, CallRecord } from './usage/ledger.ts';
import type { TokenUsage } from './usage/tokens.ts';

/** One answer ready to be sent, with the faults that are due. */
export interface Performance {
  reply: Reply;
  usage: TokenUsage;
  model: string;
  thinkingHidden: boolean;
  chunkDelayMs: number;
  hangMs: number;
  /** Cut the connection after that many deltas; null for never. */
  breakAfter: number | null;
  /** Send an `error` event after that many deltas; null for never. */
  failAfter: { chunks: number; error: ApiError } | null;
}

interface Stage {
  response: ServerResponse;
  record: CallRecord;
  ledger: CallLedger;
  /** Aborts when the client hangs up or the server closes. */
  signal: AbortSignal;
  now: Date;
}

/** Sends the whole message at once. Rejects with an AbortError when the client hung up during `hangMs`. */
export async function playWhole(performance: Performance, stage: Stage): Promise<void> {
  const { response, record, ledger } = stage;
  if (performance.hangMs > 0) await pause(performance.hangMs, undefined, { signal: stage.signal });
  if (performance.breakAfter !== null) {
    ledger.settle(record, 'broken', 0);
    response.destroy();
    return;
  }
  const message = buildMessage(newId('msg'), performance.model, performance.reply, performance.usage);
  ledger.settle(record, 'done', performance.usage.outputTokens);
  sendJson(response, 200, apiHeaders(record.requestId, stage.now), message);
}

/**
 * Streams the message as server-sent events. The record is settled before the last event leaves, so that whoever has
 * seen `message_stop` finds the call in the ledger. Rejects with an AbortError when the client hung up.
 */
export async function playStream(performance: Performance, stage: Stage): Promise<void> {
  const { response, record, ledger, signal } = stage;
  const headers = { ...apiHeaders(record.requestId, stage.now), 'content-type': 'text/event-stream; charset=utf-8' };
  response.writeHead(200, { ...headers, 'cache-control': 'no-cache' });
  let deltas = 0;
  let characters = 0;
  const spoken = () => Math.min(performance.usage.outputTokens, Math.ceil(characters / 4));
  signal.addEventListener('abort', () => ledger.settle(record, 'aborted', spoken()), { once: true });

  const events = streamEvents(
    newId('msg'),
    performance.model,
    performance.reply,
    performance.usage,
    performance.thinkingHidden,
  );
  for (const event of events) {
    if (event.type === 'content_block_delta') {
      if (performance.chunkDelayMs > 0) await pause(performance.chunkDelayMs, undefined, { signal });
      if (deltas === performance.breakAfter) break;
      if (deltas === performance.failAfter?.chunks) break;
      deltas += 1;
      characters += Object.values(event.delta).join('').length - event.delta.type.length;
    }
    // A fault placed beyond the last delta strikes before the message is complete.
    if (event.type === 'message_delta' && (performance.breakAfter ?? performance.failAfter) !== null) break;
    if (event.type === 'message_stop') ledger.settle(record, 'done', performance.usage.outputTokens);
    if (!response.write(encodeEvent(event))) await once(response, 'drain', { signal });
    if (event.type === 'message_start' && performance.hangMs > 0)
      await pause(performance.hangMs, undefined, { signal });
  }
  if (record.outcome === 'done') {
    response.end();
    return;
  }
  ledger.settle(record, 'broken', spoken());
  if (performance.breakAfter !== null) response.destroy();
  else if (performance.failAfter) response.end(encodeEvent(errorBody(performance.failAfter.error, record.requestId)));
}
