/**
 * Lists of sessions, newest first.
 *
 * Where one thing is asked for, its index gives the sessions in order. Where several are, there are two ways: to walk the
 * rarest in order and test the rest on each, which finds a page after `page size * rarest / matching` sessions; or to
 * gather all that match and sort them. How many there are is kept (see stats.ts), so the cheaper one is taken; left to
 * itself, PostgreSQL would walk the whole table for a tag that nobody has.
 */
import { type RawBuilder, sql } from 'kysely';
import type { SessionRecord } from '../model/record.ts';
import type { SessionListQuery } from '../model/session.ts';
import { PLANNED_FOR_ITS_VALUES, type Tx } from './database.ts';
import { fromRow, type Row } from './sessions.ts';
import { all, countFromSums } from './stats.ts';
import { SESSION_COLUMNS } from './tables.ts';

type Member = 'tenant' | 'pattern' | 'status' | 'userId' | 'conversationId' | 'runnerId' | 'paused' | 'tags';

/** A condition with an index in the list's order. */
interface Lead {
  scope: 'all' | 'user' | 'tag';
  label: string;
  /** What its index covers; a tag's covers that one only. */
  members: Member[];
}

const columns = sql.join(SESSION_COLUMNS.map((name) => sql.ref(name)));

function conditions(tenant: string, query: SessionListQuery): Partial<Record<Member, RawBuilder<unknown>>> {
  const { pattern, status, userId, conversationId, runnerId, paused, tags = [] } = query;
  return {
    tenant: sql`tenant = ${tenant}`,
    ...(pattern === undefined ? {} : { pattern: sql`pattern = ${pattern}` }),
    ...(status === undefined ? {} : { status: sql`status = ${status}` }),
    ...(userId === undefined ? {} : { userId: sql`user_id = ${userId}` }),
    ...(conversationId === undefined ? {} : { conversationId: sql`conversation_id #>> '{}' = ${conversationId}` }),
    ...(runnerId === undefined ? {} : { runnerId: sql`runner_id = ${runnerId}` }),
    ...(paused === undefined ? {} : { paused: sql`paused` }),
    ...(tags.length === 0 ? {} : { tags: sql`tags @> ${tags}::text[]` }),
  };
}

function leads(query: SessionListQuery): Lead[] {
  // Nobody counts these; they are small.
  for (const member of ['conversationId', 'runnerId', 'paused'] as const)
    if (query[member] !== undefined) return [{ scope: 'all', label: '', members: ['tenant', member] }];
  const found: Lead[] = [...new Set(query.tags)].map((tag) => ({ scope: 'tag', label: tag, members: ['tenant'] }));
  if (query.userId !== undefined)
    found.push({ scope: 'user', label: query.userId, members: ['tenant', 'userId', 'status'] });
  const state = query.pattern !== undefined || query.status !== undefined;
  if (state || found.length === 0) found.push({ scope: 'all', label: '', members: ['tenant', 'pattern', 'status'] });
  return found;
}

/** The lead of which there are fewest, by what is folded: of what is newer there are few. */
async function rarest(tx: Tx, tenant: string, query: SessionListQuery): Promise<{ lead: Lead; sessions: number }> {
  const found = leads(query);
  const given = (member: 'pattern' | 'status') =>
    found.map((lead) => (lead.members.includes(member) ? (query[member] ?? null) : null));
  const { rows } = await sql<{ n: number; sessions: number }>`
    SELECT n, coalesce(sum(present), 0)::bigint AS sessions FROM unnest(
      ${found.map((lead) => lead.scope)}::text[], ${found.map((lead) => lead.label)}::text[],
      ${given('pattern')}::text[], ${given('status')}::text[]
    ) WITH ORDINALITY AS lead (scope, label, pattern, status, n)
    LEFT JOIN session_sums AS kept ON kept.tenant = ${tenant} AND kept.scope = lead.scope AND kept.label = lead.label
      AND kept.pattern = coalesce(lead.pattern, kept.pattern) AND kept.status = coalesce(lead.status, kept.status)
    GROUP BY n ORDER BY sessions, n LIMIT 1`.execute(tx);
  return { lead: found[rows[0]!.n - 1]!, sessions: rows[0]!.sessions };
}

export type Place = { createdAt: Date; id: string };

interface Part {
  after: Place | null;
  limit: number;
  offset: number;
  /** How many match in all, if that is known. */
  total: number | null;
}

/** What is looked through from a lead on, and what else each must be. */
function ledBy(lead: Lead, tenant: string, query: SessionListQuery) {
  const asked = Object.entries(conditions(tenant, query)) as [Member, RawBuilder<unknown>][];
  const parts = (own: boolean) =>
    asked.filter(([member]) => lead.members.includes(member) === own).map(([, condition]) => condition);
  const rows =
    lead.scope === 'tag'
      ? sql`SELECT session_id AS id, created_at FROM session_tags WHERE tenant = ${tenant} AND tag = ${lead.label}`
      : sql`SELECT id, created_at FROM agent_sessions WHERE ${all(parts(true))}`;
  return { rows, rest: parts(false) };
}
// OFFSET 0 keeps PostgreSQL from taking what is only to be tested as a reason to begin elsewhere.
const sessionOf = (lead: RawBuilder<unknown>) =>
  sql`CROSS JOIN LATERAL (SELECT ${columns} FROM agent_sessions WHERE id = ${lead}.id OFFSET 0) AS session`;
const before = (place: RawBuilder<unknown>, after: Place | null) =>
  after === null ? [] : [sql`${place} < (${after.createdAt}::timestamptz, ${after.id}::text)`];

async function read(
  tx: Tx,
  tenant: string,
  query: SessionListQuery,
  { after, limit, offset, total }: Part,
): Promise<SessionRecord[]> {
  if (total === 0) return [];
  const asked = Object.entries(conditions(tenant, query)) as [Member, RawBuilder<unknown>][];
  const matching = [...asked.map(([, condition]) => condition), ...before(sql`(created_at, id)`, after)];
  const page = sql`ORDER BY created_at DESC, id DESC LIMIT ${limit} OFFSET ${offset}`;
  const found = leads(query);
  const single = found.length === 1 && asked.every(([member]) => found[0]!.members.includes(member));
  if (single) return run(tx, sql`SELECT ${columns} FROM agent_sessions WHERE ${all(matching)} ${page}`);

  const { lead, sessions } = await rarest(tx, tenant, query);
  if (total !== null && total * total <= (limit + offset) * sessions)
    return run(
      tx,
      sql`WITH matching AS MATERIALIZED (SELECT ${columns} FROM agent_sessions WHERE ${all(matching)}) SELECT * FROM matching ${page}`,
    );
  const { rows, rest } = ledBy(lead, tenant, query);
  return run(
    tx,
    sql`
      SELECT session.* FROM (${rows}) AS lead ${sessionOf(sql`lead`)}
      WHERE ${all([...before(sql`(lead.created_at, lead.id)`, after), ...rest])}
      ORDER BY lead.created_at DESC, lead.id DESC LIMIT ${limit} OFFSET ${offset}`,
  );
}

async function run(tx: Tx, statement: RawBuilder<unknown>): Promise<SessionRecord[]> {
  const { rows } = await sql<Row>`${PLANNED_FOR_ITS_VALUES} ${statement}`.execute(tx);
  return rows.map(fromRow);
}

/** One page by number with the number of all that match. Costs what stands before the page, too. */
export async function listByPage(tx: Tx, tenant: string, query: SessionListQuery, page: number, pageSize: number) {
  const total = (await countFromSums(tx, tenant, query)) ?? (await countMatching(tx, tenant, query));
  const sessions = await read(tx, tenant, query, {
    after: null,
    limit: pageSize,
    offset: (page - 1) * pageSize,
    total,
  });
  return { sessions, total };
}

/** What comes after the session named by `after` (null: from the newest). */
export async function listByCursor(
  tx: Tx,
  tenant: string,
  query: SessionListQuery,
  after: Place | null,
  limit: number,
) {
  return read(tx, tenant, query, { after, limit, offset: 0, total: await countFromSums(tx, tenant, query) });
}

/** So many sessions are looked through for words before an answer is given: about 50 ms. */
const LOOKED_THROUGH = 20_000;

/**
 * Those that have every word of `query.q` in them, among the next ones after `after`: found by reading, so only so many are
 * read at once. @returns at most `limit` of them, and where to go on; null at the end.
 */
export async function searchByCursor(
  tx: Tx,
  tenant: string,
  query: SessionListQuery,
  after: Place | null,
  limit: number,
  atOnce = LOOKED_THROUGH,
): Promise<{ sessions: SessionRecord[]; next: Place | null }> {
  const { lead } = await rarest(tx, tenant, query);
  const { rows: leading, rest } = ledBy(lead, tenant, query);
  const text = sql`lower(concat_ws(E'\n', session.id, session.user_id, array_to_string(session.tags, E'\n'), session.description))`;
  const words = (query.q ?? []).map((word) => sql`strpos(${text}, lower(${word}::text)) > 0`);
  const { rows } = await sql<Row & { looked: number; edgeAt: Date | null; edgeId: string | null }>`
    ${PLANNED_FOR_ITS_VALUES} WITH looked AS MATERIALIZED (
      SELECT * FROM (${leading}) AS lead WHERE ${all(before(sql`(created_at, id)`, after))}
      ORDER BY created_at DESC, id DESC LIMIT ${atOnce}
    ), found AS (
      SELECT session.* FROM looked ${sessionOf(sql`looked`)} WHERE ${all([...rest, ...words])}
      ORDER BY looked.created_at DESC, looked.id DESC LIMIT ${limit + 1}
    ), edge AS (
      SELECT count(*) OVER () AS looked, created_at AS edge_at, id AS edge_id FROM looked ORDER BY created_at, id LIMIT 1
    )
    SELECT * FROM edge LEFT JOIN found ON true ORDER BY found.created_at DESC, found.id DESC`.execute(tx);
  const found = rows.filter((row) => row.id !== null).map(fromRow);
  const sessions = found.slice(0, limit);
  const [edge] = rows;
  const next: Place | null =
    found.length > limit
      ? sessions.at(-1)!
      : edge !== undefined && edge.looked === atOnce
        ? { createdAt: edge.edgeAt!, id: edge.edgeId! }
        : null;
  return { sessions, next };
}

async function countMatching(tx: Tx, tenant: string, query: SessionListQuery): Promise<number> {
  const { rows } = await sql<{ total: number }>`
    ${PLANNED_FOR_ITS_VALUES} SELECT count(*) AS total FROM agent_sessions WHERE ${all(Object.values(conditions(tenant, query)))}`.execute(
    tx,
  );
  return rows[0]!.total;
}
