import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { ApiError, errorTypeOf } from './api/errors.ts';
import type { Reply } from './api/reply.ts';
import { type MessagesRequest, messagesRequest, parseRequest } from './api/request.ts';
import { readConversation } from './conversation/conversation.ts';
import type { FaultCounter } from './fault-counter.ts';
import { newId, readJson } from './http.ts';
import { type Performance, playStream, playWhole } from './play.ts';
import { type Choice, chooseStep } from './scenario/choose.ts';
import type { Scenario, Step } from './scenario/schema.ts';
import type { CallLedger, CallRecord } from './usage/ledger.ts';
import type { PromptCache } from './usage/prompt-cache.ts';
import { replyTokens, type TokenUsage } from './usage/tokens.ts';

export interface Theatre {
  scenarios: readonly Scenario[];
  ledger: CallLedger;
  cache: PromptCache;
  faults: FaultCounter;
}

/**
 * `POST /v1/messages`: validate, read the conversation, choose the step, send it.
 * @throws ApiError to be sent by the caller; AbortError when the client hung up while waiting
 */
export async function handleMessages(
  theatre: Theatre,
  request: IncomingMessage,
  response: ServerResponse,
  record: CallRecord,
  signal: AbortSignal,
): Promise<void> {
  const body = await readJson(request);
  const message = parseRequest(messagesRequest, body);
  record.model = message.model;
  record.stream = message.stream === true;
  const conversation = readConversation(message);
  const choice = chooseStep(message, conversation, theatre.scenarios);
  record.scenario = choice.scenario;
  record.step = choice.stepIndex;

  const { step } = choice;
  if (step.delayMs) await pause(step.delayMs, undefined, { signal });
  const client = String(request.headers['x-claude-code-session-id'] ?? message.metadata?.user_id ?? '');
  const due = (kind: string, times: number | undefined) => theatre.faults.isDue(kind, client, conversation, times);
  const error = step.error && due('error', step.error.times) ? toApiError(step.error) : null;
  // Without a stream there is nothing to fail inside of.
  if (error && (step.error?.afterChunks === undefined || !record.stream)) throw error;
  const breaks = step.breakAfterChunks !== undefined && due('break', step.breakTimes ?? 1);

  const reply = replyOf(choice, message);
  const usage = usageOf(step, theatre.cache.account(body), reply);
  const performance: Performance = {
    reply,
    usage,
    model: message.model,
    thinkingHidden: message.thinking?.display === 'omitted',
    chunkDelayMs: step.chunkDelayMs ?? 0,
    hangMs: step.hangMs !== undefined && due('hang', step.hangTimes) ? step.hangMs : 0,
    breakAfter: breaks ? (step.breakAfterChunks ?? null) : null,
    failAfter: error ? { chunks: step.error?.afterChunks ?? 0, error } : null,
  };
  record.status = 200;
  record.usage = { ...usage, outputTokens: 0 };
  theatre.ledger.open(record);
  const stage = { response, record, ledger: theatre.ledger, signal, now: new Date() };
  await (record.stream ? playStream(performance, stage) : playWhole(performance, stage));
}

function replyOf({ step }: Choice, message: MessagesRequest): Reply {
  const asked = message.thinking !== undefined && message.thinking.type !== 'disabled';
  return {
    // The real model never thinks unasked, and clients reject what they did not ask for.
    ...(step.thinking !== undefined && asked ? { thinking: step.thinking } : {}),
    ...(step.text === undefined ? {} : { text: step.text }),
    tools: (step.tools ?? []).map((tool) => ({ id: newId('toolu'), ...tool })),
  };
}

/** A step that states its input states all of it: cache tokens it does not name are then zero. */
function usageOf(step: Step, estimated: Omit<TokenUsage, 'outputTokens'>, reply: Reply): TokenUsage {
  const exact = step.usage;
  const base =
    exact?.input_tokens === undefined ? estimated : { inputTokens: 0, cacheReadTokens: 0, cacheCreationTokens: 0 };
  return {
    inputTokens: exact?.input_tokens ?? base.inputTokens,
    cacheReadTokens: exact?.cache_read_input_tokens ?? base.cacheReadTokens,
    cacheCreationTokens: exact?.cache_creation_input_tokens ?? base.cacheCreationTokens,
    outputTokens: exact?.output_tokens ?? replyTokens(reply),
  };
}

function toApiError(fault: NonNullable<Step['error']>): ApiError {
  const { status, type = errorTypeOf(status), message, retryAfter } = fault;
  return new ApiError(status, type, message, { retryAfter });
}
