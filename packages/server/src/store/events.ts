import { sql } from 'kysely';
import type { SessionEvent } from '../model/turn.ts';
import type { Tx } from './database.ts';
import { type Outgoing, writeOwing } from './outbox.ts';

/** An event before it has its number. */
export interface NewEvent {
  type: string;
  at: Date;
  agent: string | null;
  turnId: string | null;
  data: Record<string, unknown>;
}

/**
 * Writes events numbered on from `after`. The caller holds the session's row lock, which is what makes `seq` gap-free
 * and in the order of commits.
 * @param outgoing what webhooks are to tell of them: owed in the same statement to every endpoint that wants it
 */
export async function appendEvents(
  tx: Tx,
  sessionId: string,
  after: number,
  events: NewEvent[],
  outgoing?: Outgoing,
): Promise<{ events: SessionEvent[]; owed: number }> {
  if (events.length === 0) return { events: [], owed: 0 };
  const insert = sql`
    INSERT INTO session_events (session_id, seq, type, at, agent, turn_id, data)
    SELECT ${sessionId}, ${after}::bigint + n, type, at, agent, turn_id, data
    FROM unnest(
      ${events.map((event) => event.type)}::text[], ${events.map((event) => event.at)}::timestamptz[],
      ${events.map((event) => event.agent)}::text[], ${events.map((event) => event.turnId)}::text[],
      ${events.map((event) => JSON.stringify(event.data))}::json[]
    ) WITH ORDINALITY AS event (type, at, agent, turn_id, data, n)`;
  const owed = await writeOwing(tx, insert, outgoing);
  const numbered = events.map((event, index) => ({
    seq: after + index + 1,
    type: event.type,
    at: event.at.toISOString(),
    agent: event.agent,
    turnId: event.turnId,
    data: event.data,
  }));
  return { events: numbered, owed };
}

/** The tools that a turn's messages called, in order, as far as the log has them. */
export async function toolCallsOf(
  tx: Tx,
  sessionId: string,
  turnId: string,
): Promise<{ tool: string; input: unknown }[]> {
  const rows = await tx
    .selectFrom('sessionEvents')
    .select('data')
    .where('sessionId', '=', sessionId)
    .where('turnId', '=', turnId)
    .where('type', '=', 'sdk.message')
    .orderBy('seq')
    .execute();
  const blocks = rows.flatMap(({ data }) => {
    const content = data.type === 'assistant' ? (data.message as { content?: unknown } | undefined)?.content : null;
    return Array.isArray(content) ? (content as { type: string; name?: string; input?: unknown }[]) : [];
  });
  return blocks.flatMap((block) =>
    block.type === 'tool_use' ? [{ tool: String(block.name), input: block.input }] : [],
  );
}

/** The number of the first event about a turn. */
export async function firstSeqOf(tx: Tx, sessionId: string, turnId: string): Promise<number | null> {
  const row = await tx
    .selectFrom('sessionEvents')
    .select('seq')
    .where('sessionId', '=', sessionId)
    .where('turnId', '=', turnId)
    .orderBy('seq')
    .limit(1)
    .executeTakeFirst();
  return row?.seq ?? null;
}

/** The log of a session after `after`, at most `limit` events, in order. */
export async function readEvents(tx: Tx, sessionId: string, after: number, limit: number): Promise<SessionEvent[]> {
  const rows = await tx
    .selectFrom('sessionEvents')
    .select(['seq', 'type', 'at', 'agent', 'turnId', 'data'])
    .where('sessionId', '=', sessionId)
    .where('seq', '>', after)
    .orderBy('seq')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}
