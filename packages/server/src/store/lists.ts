/**
 * Lists of sessions, newest first.
 *
 * The rarest of what is asked for leads: its index gives sessions in the list's order, and the rest is tested on each. So
 * a page costs at most what there is of the rarest, however many sessions there are. How many there are of each is kept
 * (see stats.ts); left to PostgreSQL, a tag that nobody has makes it read the whole table.
 */
import { type RawBuilder, sql } from 'kysely';
import type { SessionRecord } from '../model/record.ts';
import type { SessionListQuery } from '../model/session.ts';
import { PLANNED_FOR_ITS_VALUES, type Tx } from './database.ts';
import { fromRow, type Row } from './sessions.ts';
import { all, countFromSums } from './stats.ts';
import { SESSION_COLUMNS } from './tables.ts';

type Member = 'pattern' | 'status' | 'userId' | 'conversationId' | 'tags';

/** A condition with an index in the list's order. */
interface Lead {
  scope: 'all' | 'user' | 'tag';
  label: string;
  /** What its index covers; a tag's covers that one only. */
  members: Member[];
}

const columns = sql.join(SESSION_COLUMNS.map((name) => sql.ref(name)));

function conditions(query: SessionListQuery): Partial<Record<Member, RawBuilder<unknown>>> {
  const { pattern, status, userId, conversationId, tags = [] } = query;
  return {
    ...(pattern === undefined ? {} : { pattern: sql`pattern = ${pattern}` }),
    ...(status === undefined ? {} : { status: sql`status = ${status}` }),
    ...(userId === undefined ? {} : { userId: sql`user_id = ${userId}` }),
    ...(conversationId === undefined ? {} : { conversationId: sql`conversation_id #>> '{}' = ${conversationId}` }),
    ...(tags.length === 0 ? {} : { tags: sql`tags @> ${tags}::text[]` }),
  };
}

function leads(query: SessionListQuery): Lead[] {
  // Nobody counts conversations; they are small.
  if (query.conversationId !== undefined) return [{ scope: 'all', label: '', members: ['conversationId'] }];
  const found: Lead[] = [...new Set(query.tags)].map((tag) => ({ scope: 'tag', label: tag, members: [] }));
  if (query.userId !== undefined) found.push({ scope: 'user', label: query.userId, members: ['userId', 'status'] });
  const state = query.pattern !== undefined || query.status !== undefined;
  if (state || found.length === 0) found.push({ scope: 'all', label: '', members: ['pattern', 'status'] });
  return found;
}

/** The lead of which there are fewest, by what is folded: of what is newer there are few. */
async function rarest(tx: Tx, query: SessionListQuery): Promise<Lead> {
  const found = leads(query);
  if (found.length === 1) return found[0]!;
  const given = (member: 'pattern' | 'status') =>
    found.map((lead) => (lead.members.includes(member) ? (query[member] ?? null) : null));
  const { rows } = await sql<{ n: number }>`
    SELECT n FROM unnest(
      ${found.map((lead) => lead.scope)}::text[], ${found.map((lead) => lead.label)}::text[],
      ${given('pattern')}::text[], ${given('status')}::text[]
    ) WITH ORDINALITY AS lead (scope, label, pattern, status, n)
    LEFT JOIN session_sums AS kept ON kept.scope = lead.scope AND kept.label = lead.label
      AND kept.pattern = coalesce(lead.pattern, kept.pattern) AND kept.status = coalesce(lead.status, kept.status)
    GROUP BY n ORDER BY coalesce(sum(present), 0), n LIMIT 1`.execute(tx);
  return found[rows[0]!.n - 1]!;
}

type Place = { createdAt: Date; id: string };

async function read(
  tx: Tx,
  query: SessionListQuery,
  after: Place | null,
  limit: number,
  offset: number,
): Promise<SessionRecord[]> {
  const lead = await rarest(tx, query);
  const asked = Object.entries(conditions(query)) as [Member, RawBuilder<unknown>][];
  const own = asked.filter(([member]) => lead.members.includes(member)).map(([, condition]) => condition);
  const rest = asked.filter(([member]) => !lead.members.includes(member)).map(([, condition]) => condition);
  const before = (place: RawBuilder<unknown>) =>
    after === null ? [] : [sql`${place} < (${after.createdAt}::timestamptz, ${after.id}::text)`];
  // OFFSET 0 keeps the conditions outside from choosing another index inside.
  const statement =
    lead.scope === 'tag'
      ? sql<Row>`
          SELECT session.* FROM session_tags AS tagged
          CROSS JOIN LATERAL (SELECT ${columns} FROM agent_sessions WHERE id = tagged.session_id OFFSET 0) AS session
          WHERE ${all([sql`tagged.tag = ${lead.label}`, ...before(sql`(tagged.created_at, tagged.session_id)`), ...rest])}
          ORDER BY tagged.created_at DESC, tagged.session_id DESC LIMIT ${limit} OFFSET ${offset}`
      : sql<Row>`
          SELECT ${columns} FROM (
            SELECT ${columns} FROM agent_sessions WHERE ${all([...own, ...before(sql`(created_at, id)`)])}
            ORDER BY created_at DESC, id DESC OFFSET 0
          ) AS session
          WHERE ${all(rest)} ORDER BY created_at DESC, id DESC LIMIT ${limit} OFFSET ${offset}`;
  const { rows } = await sql<Row>`${PLANNED_FOR_ITS_VALUES} ${statement}`.execute(tx);
  return rows.map(fromRow);
}

/** One page by number with the number of all that match. Costs what stands before the page, too. */
export async function listByPage(tx: Tx, query: SessionListQuery, page: number, pageSize: number) {
  const sessions = await read(tx, query, null, pageSize, (page - 1) * pageSize);
  return { sessions, total: (await countFromSums(tx, query)) ?? (await countMatching(tx, query)) };
}

/** What comes after the session named by `after` (null: from the newest). */
export const listByCursor = (tx: Tx, query: SessionListQuery, after: Place | null, limit: number) =>
  read(tx, query, after, limit, 0);

async function countMatching(tx: Tx, query: SessionListQuery): Promise<number> {
  const { rows } = await sql<{ total: number }>`
    ${PLANNED_FOR_ITS_VALUES} SELECT count(*) AS total FROM agent_sessions WHERE ${all(Object.values(conditions(query)))}`.execute(
    tx,
  );
  return rows[0]!.total;
}
