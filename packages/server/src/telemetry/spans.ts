/** Turns, model calls and tools as spans, made of what was committed. */
import { SpanKind } from '@opentelemetry/api';
import { toUsd } from '../model/money.ts';
import type { TurnRecord } from '../model/record.ts';
import type { SessionEvent } from '../model/turn.ts';
import type { Committed, Paid } from '../sessions/committed.ts';
import type { Signals } from '../sessions/engine.ts';
import { placeOfTurn, readTraceparent, type Tracing } from './traces.ts';

/** Tools that were called and have not answered; what never answers makes room in the end. */
const MOST_CALLED = 10_000;

interface Block {
  type?: string;
  id?: string;
  name?: string;
  tool_use_id?: string;
  is_error?: boolean;
}

const blocksOf = (event: SessionEvent): Block[] => {
  const message = (event.data as { message?: { content?: unknown } }).message;
  return event.type === 'sdk.message' && Array.isArray(message?.content) ? (message.content as Block[]) : [];
};

/** Writes down what ends. @returns how to stop. */
export function traceSessions(tracing: Tracing, signals: Signals): () => void {
  const called = new Map<string, { name: string; at: Date }>();
  /** Traces of turns that run, as far as this server gave them or saw them queued. */
  const traces = new Map<string, string | null>();

  const onTool = (session: string, event: SessionEvent): void => {
    for (const block of blocksOf(event)) {
      if (block.type === 'tool_use' && block.id !== undefined) {
        called.set(block.id, { name: block.name ?? 'unknown', at: new Date(event.at) });
        if (called.size > MOST_CALLED) called.delete(called.keys().next().value!);
      }
      const call = block.type === 'tool_result' ? called.get(block.tool_use_id ?? '') : undefined;
      if (call === undefined || event.turnId === null) continue;
      called.delete(block.tool_use_id ?? '');
      tracing.ended({
        name: `execute_tool ${call.name}`,
        kind: SpanKind.INTERNAL,
        parent: placeOfTurn(event.turnId, traces.get(event.turnId) ?? null),
        from: call.at,
        to: new Date(event.at),
        attributes: {
          'gen_ai.operation.name': 'execute_tool',
          'gen_ai.tool.name': call.name,
          'gen_ai.tool.call.id': block.tool_use_id ?? '',
          'gen_ai.conversation.id': session,
          'gen_ai.agent.name': event.agent ?? '',
        },
        ...(block.is_error === true ? { error: 'The tool failed.' } : {}),
      });
    }
  };

  const onTurn = (session: Committed['session'], turn: TurnRecord): void => {
    traces.delete(turn.id);
    tracing.ended({
      name: `invoke_agent ${turn.agent}`,
      kind: SpanKind.INTERNAL,
      parent: readTraceparent(turn.traceparent),
      self: placeOfTurn(turn.id, turn.traceparent),
      from: turn.createdAt,
      to: turn.finishedAt ?? turn.createdAt,
      attributes: {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.provider.name': 'anthropic',
        'gen_ai.agent.name': turn.agent,
        'gen_ai.conversation.id': session.id,
        'rigger.session.pattern': session.pattern,
        'rigger.turn.id': turn.id,
        'rigger.turn.status': turn.status,
        'rigger.turn.attempt': turn.attempt,
        'rigger.turn.cost_usd': toUsd(turn.cost),
        ...(turn.startedAt === null
          ? {}
          : { 'rigger.turn.waited_ms': turn.startedAt.getTime() - turn.createdAt.getTime() }),
      },
      ...(turn.error === null ? {} : { error: `${turn.error.code}: ${turn.error.message}` }),
    });
  };

  const onCommitted = ({ session, events, given, ended }: Committed): void => {
    for (const turn of given) traces.set(turn.id, turn.traceparent);
    for (const event of events) onTool(session.id, event);
    for (const turn of ended) onTurn(session, turn);
  };

  const onPaid = ({ sessionId, agent, turnId, traceparent, model, startedAt, end }: Paid): void => {
    const { tokens } = end;
    tracing.ended({
      name: `chat ${model}`,
      kind: SpanKind.CLIENT,
      parent: turnId === null ? null : placeOfTurn(turnId, traceparent),
      from: startedAt,
      to: new Date(startedAt.getTime() + end.totalMs),
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'anthropic',
        'gen_ai.request.model': model,
        'gen_ai.agent.name': agent,
        'gen_ai.conversation.id': sessionId,
        'gen_ai.usage.input_tokens': tokens.input + tokens.cacheRead + tokens.cacheWrite5m + tokens.cacheWrite1h,
        'gen_ai.usage.output_tokens': tokens.output,
        'gen_ai.usage.cache_read.input_tokens': tokens.cacheRead,
        'gen_ai.usage.cache_creation.input_tokens': tokens.cacheWrite5m + tokens.cacheWrite1h,
        'rigger.model_call.cost_usd': toUsd(end.cost),
        'rigger.model_call.estimated': end.estimated,
        'rigger.upstream': end.upstream ?? '',
        ...(end.firstByteMs === null ? {} : { 'rigger.model_call.first_byte_ms': end.firstByteMs }),
        ...(end.requestId === null ? {} : { 'gen_ai.response.id': end.requestId }),
        ...(end.httpStatus === null ? {} : { 'http.response.status_code': end.httpStatus }),
      },
      ...(end.outcome === 'done' ? {} : { error: end.outcome }),
    });
  };

  signals.on('committed', onCommitted);
  signals.on('paid', onPaid);
  return () => {
    signals.off('committed', onCommitted);
    signals.off('paid', onPaid);
  };
}
