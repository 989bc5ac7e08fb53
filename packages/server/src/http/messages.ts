import { z } from 'zod';
import { ERRORS, RiggerError } from '../model/errors.ts';
import type { SessionRecord, TurnRecord } from '../model/record.ts';
import { sessionMetadata } from '../model/session.ts';
import { messageRequest, messageResponse, turnView } from '../model/turn.ts';
import { followLog, turnQueuedAt } from '../sessions/log.ts';
import { queueMessage, whenTurnOver } from '../sessions/messages.ts';
import { getTurn } from '../sessions/turns.ts';
import { viewSession, viewTurn } from '../sessions/views.ts';
import type { App, Parts } from './parts.ts';
import { toRiggerError } from './problems.ts';
import { idempotencyHeaders, problems, REPLAYED_HEADER, sessionParams } from './schemas.ts';
import { EventStream } from './sse.ts';

const tags = ['messages'];

/** What a streamed message ends with when the server goes away: its turn goes on, to be found in the log. */
const LAST_WORDS = `data: ${JSON.stringify({ type: 'error', error: ERRORS.shutting_down.title, code: 'shutting_down' })}\n\n`;

/** A result in the SDK's shape for a turn that ended before the SDK could give one. */
const resultOf = (turn: TurnRecord): Record<string, unknown> =>
  turn.result ?? {
    type: 'result',
    subtype: 'error_during_execution',
    is_error: true,
    uuid: turn.id,
    total_cost_usd: 0,
    usage: {},
    errors: turn.error === null ? [] : [turn.error.message],
  };

/** Milliseconds from the message to its turn's end, whoever asks and whenever. */
const latencyOf = (turn: TurnRecord): number =>
  (turn.finishedAt ?? turn.createdAt).getTime() - turn.createdAt.getTime();

export function addMessageRoutes(app: App, parts: Parts): void {
  const { engine, drain } = parts;
  app.post(
    '/api/sessions/:id/message',
    {
      schema: {
        tags,
        summary: 'Send a message: answered when its turn ends, streamed, or at once with Prefer: respond-async',
        params: sessionParams,
        headers: idempotencyHeaders,
        body: messageRequest,
        response: {
          200: messageResponse,
          202: z.object({ turn: turnView, session: sessionMetadata }),
          ...problems(400, 404, 409, 413, 415, 503),
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const key = request.headers['idempotency-key'];
      const once = key === undefined ? undefined : { key, body: request.body };
      const { turnId, session, replayed } = await queueMessage(engine, id, request.body, once, request.traceparent);
      if (replayed) reply.header(REPLAYED_HEADER, 'true');

      if (request.body.streaming) {
        const stream = new EventStream(reply, parts.streams, LAST_WORDS);
        stream.open();
        // The commit that queued it: whatever comes of the turn comes after.
        const after = replayed ? await turnQueuedAt(engine, id, turnId) : session.lastEventSeq;
        await streamTurn(parts, stream, { session, turnId, after });
        return reply;
      }
      if (/\brespond-async\b/i.test(String(request.headers.prefer ?? ''))) {
        const turn = await getTurn(engine, session.id, turnId);
        return reply
          .code(202)
          .header('preference-applied', 'respond-async')
          .send({ turn: viewTurn(turn), session: viewSession(session) });
      }
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      const over = await whenTurnOver(engine, id, turnId, AbortSignal.any([gone.signal, drain.signal])).catch(
        (error: unknown) => {
          // The client went away: its turn goes on, and nobody is left to be told.
          if (gone.signal.aborted) return null;
          if (drain.active)
            throw new RiggerError('shutting_down', {
              detail: 'The turn goes on. Send the message again with the same Idempotency-Key, or look for the turn.',
              extra: { id, turnId },
            });
          throw error;
        },
      );
      if (over === null) return reply.hijack();
      return {
        response: { role: 'assistant' as const, content: over.turn.response ?? '' },
        result: resultOf(over.turn),
        latency: latencyOf(over.turn),
        turn: viewTurn(over.turn),
        session: viewSession(over.session),
      };
    },
  );
}

interface Streamed {
  session: SessionRecord;
  turnId: string;
  /** What to begin after in the session's log. */
  after: number;
}

/** One turn in the stream format of the contract. The client's going away does not cancel its turn. */
async function streamTurn(
  { engine }: Parts,
  stream: EventStream,
  { session, turnId, after: cursor }: Streamed,
): Promise<void> {
  const over = new AbortController();
  const signal = AbortSignal.any([stream.closed, over.signal]);
  const fail = (error: unknown) => {
    const problem = toRiggerError(error);
    stream.send({ type: 'error', error: problem.message, code: problem.code });
    stream.end();
  };
  try {
    await followLog(
      engine,
      session.id,
      cursor,
      {
        event(event) {
          if (event.turnId !== turnId) return;
          if (event.type === 'sdk.message') stream.send({ type: 'message', data: event.data }, event.seq);
        },
        delta(delta) {
          if (delta.turnId === turnId) stream.send({ type: 'stream_event', data: delta.data });
        },
        end: () => stream.end(),
      },
      signal,
    );
    const { turn, session: after } = await whenTurnOver(engine, session.id, turnId, signal);
    if (turn.status === 'succeeded') {
      const usage = (turn.result?.usage ?? {}) as Record<string, unknown>;
      stream.send({
        type: 'done',
        latency: latencyOf(turn),
        usage,
        cost: viewTurn(turn).cost,
        turn: viewTurn(turn),
        session: viewSession(after),
      });
    } else {
      const message = turn.error?.message ?? `The turn was ${turn.status}.`;
      stream.send({
        type: 'error',
        error: message,
        code: turn.error?.code ?? `turn_${turn.status}`,
        turn: viewTurn(turn),
        session: viewSession(after),
      });
    }
    stream.end();
  } catch (error) {
    if (!stream.closed.aborted) fail(error);
  } finally {
    over.abort();
  }
}
