/** What webhooks owe: one row for each endpoint that is to hear of a message, written with what the message tells of. */
import { type RawBuilder, sql } from 'kysely';
import type { WebhookMessage } from '../model/webhooks.ts';
import type { Tx } from './database.ts';

export interface Outgoing {
  tenant: string;
  messages: WebhookMessage[];
}

/**
 * The endpoints are asked for here and are not kept in mind: an endpoint that was made at another server a moment ago is owed
 * what is committed from then on. Where there is none, that costs a look into an empty table.
 */
const owing = ({ tenant, messages }: Outgoing): RawBuilder<unknown> => sql`
  INSERT INTO webhook_deliveries (id, tenant, endpoint_id, message_id, type, session_id, payload, next_attempt_at)
  SELECT 'dlv_' || replace(gen_random_uuid()::text, '-', ''), endpoint.tenant, endpoint.id, message.id, message.type,
    message.session_id, message.payload, clock_timestamp()
  FROM unnest(
    ${messages.map((one) => one.id)}::text[], ${messages.map((one) => one.type)}::text[],
    ${messages.map((one) => one.sessionId)}::text[], ${messages.map((one) => one.payload)}::text[]
  ) WITH ORDINALITY AS message (id, type, session_id, payload, n)
  JOIN webhook_endpoints AS endpoint
    ON endpoint.tenant = ${tenant} AND endpoint.enabled
    AND (endpoint.events = '{}' OR message.type = ANY (endpoint.events))
  ORDER BY message.n
  ON CONFLICT (endpoint_id, message_id) DO NOTHING`;

/** Does `insert`, and with it what is owed. @returns how many deliveries are. */
export async function writeOwing(tx: Tx, insert: RawBuilder<unknown>, outgoing: Outgoing | undefined): Promise<number> {
  if (outgoing === undefined || outgoing.messages.length === 0) {
    await insert.execute(tx);
    return 0;
  }
  const { rows } = await sql<{ owed: number }>`
    WITH written AS (${insert}), owed AS (${owing(outgoing)} RETURNING 1)
    SELECT count(*) AS owed FROM owed`.execute(tx);
  return rows[0]!.owed;
}

/** Owes what no session's log tells of. @returns how many deliveries that is. */
export async function owe(tx: Tx, outgoing: Outgoing): Promise<number> {
  const { numAffectedRows } = await owing(outgoing).execute(tx);
  return Number(numAffectedRows ?? 0);
}
