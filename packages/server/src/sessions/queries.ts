/** Reading sessions: one, many, and sums over them. */
import { RiggerError } from '../model/errors.ts';
import { type Nano, toUsd } from '../model/money.ts';
import type { SessionRecord } from '../model/record.ts';
import type {
  SessionListQuery,
  SessionListResponse,
  SessionMetadata,
  SessionStatsQuery,
  SessionStatsResponse,
} from '../model/session.ts';
import { SESSION_PATTERNS, SESSION_STATUSES } from '../model/session.ts';
import { listByCursor, listByPage, type Place, searchByCursor } from '../store/lists.ts';
import { findSession, tenantOf } from '../store/sessions.ts';
import { type StatsRow, sumSessions } from '../store/stats.ts';
import type { Engine } from './engine.ts';
import { residencesOf } from './residence.ts';
import { viewSession } from './views.ts';

const DEFAULT_PAGE_SIZE = 50;

/** @throws RiggerError `session_not_found`. */
export async function getSession(engine: Engine, id: string): Promise<SessionRecord> {
  const session = await findSession(engine.database.db, id);
  if (session === null) throw new RiggerError('session_not_found', { extra: { id } });
  return session;
}

const MOST_KNOWN = 100_000;
const known = new WeakMap<Engine, Map<string, string>>();

/** Whose a session is; null where there is none. It never changes, so it is asked for once: deleted, it is found missing later. */
export async function sessionTenant(engine: Engine, id: string): Promise<string | null> {
  const tenants = known.get(engine) ?? new Map<string, string>();
  known.set(engine, tenants);
  const had = tenants.get(id);
  if (had !== undefined) return had;
  const found = await tenantOf(engine.database.db, id);
  if (found === null) return null;
  if (tenants.size >= MOST_KNOWN) tenants.clear();
  tenants.set(id, found);
  return found;
}

/** Sessions as the contract shows them, each with where it is. */
export async function showSessions(engine: Engine, sessions: SessionRecord[]): Promise<SessionMetadata[]> {
  const residences = await residencesOf(engine, sessions);
  return sessions.map((session) => viewSession(session, residences.get(session.id)));
}

export async function showSession(engine: Engine, session: SessionRecord): Promise<SessionMetadata> {
  const [shown] = await showSessions(engine, [session]);
  return shown!;
}

const encodeCursor = ({ createdAt, id }: Place): string =>
  Buffer.from(`${createdAt.toISOString()} ${id}`).toString('base64url');

function decodeCursor(cursor: string | undefined): Place | null {
  if (cursor === undefined) return null;
  const [time = '', id = ''] = Buffer.from(cursor, 'base64url').toString().split(' ');
  const createdAt = new Date(time);
  if (Number.isNaN(createdAt.getTime()) || id === '')
    throw new RiggerError('invalid_request', {
      detail: 'This cursor was not made here.',
      extra: { issues: [{ path: 'cursor', message: 'use a `nextCursor` as it came' }] },
    });
  return { createdAt, id };
}

/** Newest first: by page with a total, or by cursor at the same cost however many there are. */
export async function listSessions(
  engine: Engine,
  tenant: string,
  query: SessionListQuery,
): Promise<SessionListResponse> {
  const { db } = engine.database;
  const limit = query.limit ?? DEFAULT_PAGE_SIZE;
  if (query.q !== undefined) {
    if (query.page !== undefined || query.pageSize !== undefined)
      throw new RiggerError('invalid_request', {
        detail: 'What `q` finds is not counted: use `cursor` and `limit`.',
        extra: { issues: [{ path: 'page', message: 'not beside `q`: use `cursor` and `limit`' }] },
      });
    const { sessions, next } = await searchByCursor(db, tenant, query, decodeCursor(query.cursor), limit);
    return {
      sessions: await showSessions(engine, sessions),
      pageSize: limit,
      nextCursor: next === null ? null : encodeCursor(next),
    };
  }
  if (query.cursor !== undefined || query.limit !== undefined) {
    const found = await listByCursor(db, tenant, query, decodeCursor(query.cursor), limit + 1);
    const sessions = found.slice(0, limit);
    const last = sessions.at(-1);
    return {
      sessions: await showSessions(engine, sessions),
      pageSize: limit,
      nextCursor: found.length > limit && last !== undefined ? encodeCursor(last) : null,
    };
  }
  const page = query.page ?? 1;
  const pageSize = query.pageSize ?? DEFAULT_PAGE_SIZE;
  const { sessions, total } = await listByPage(db, tenant, query, page, pageSize);
  return { sessions: await showSessions(engine, sessions), total, page, pageSize };
}

interface Sum {
  count: number;
  cost: Nano;
  tokens: number;
  durationMs: number;
}
const NOTHING: Sum = { count: 0, cost: 0n, tokens: 0, durationMs: 0 };
const sumOf = (row: StatsRow): Sum => ({
  count: row.sessions,
  cost: row.cost,
  tokens: row.tokens,
  durationMs: row.durationMs,
});
const add = (a: Sum, b: Sum): Sum => ({
  count: a.count + b.count,
  cost: a.cost + b.cost,
  tokens: a.tokens + b.tokens,
  durationMs: a.durationMs + b.durationMs,
});
const mean = (total: number, count: number): number => (count === 0 ? 0 : total / count);
const shown = (sum: Sum) => ({ count: sum.count, totalCost: toUsd(sum.cost), totalTokens: sum.tokens });

/** Sums over every session that matches, deleted ones included: what was spent does not go with them. */
export async function sessionStats(
  engine: Engine,
  tenant: string,
  query: SessionStatsQuery,
): Promise<SessionStatsResponse> {
  const rows = await sumSessions(engine.database.db, tenant, query);
  const by = (kind: StatsRow['by']) =>
    new Map(rows.filter((row) => row.by === kind).map((row) => [row.key, sumOf(row)]));
  const patterns = by('pattern');
  const statuses = by('status');
  const all = [...patterns.values()].reduce(add, NOTHING);
  const inStatus = (status: string) => statuses.get(status)?.count ?? 0;
  return {
    totalSessions: all.count,
    activeSessions: inStatus('active'),
    idleSessions: inStatus('idle'),
    completedSessions: inStatus('completed'),
    errorSessions: inStatus('error'),
    terminatedSessions: inStatus('terminated'),
    totalCost: toUsd(all.cost),
    totalTokens: all.tokens,
    avgSessionDuration: mean(all.durationMs, all.count),
    byPattern: Object.fromEntries(
      SESSION_PATTERNS.map((pattern) => {
        const { count, cost, tokens, durationMs } = patterns.get(pattern) ?? NOTHING;
        return [
          pattern,
          {
            count,
            avgCost: mean(toUsd(cost), count),
            avgTokens: mean(tokens, count),
            avgDuration: mean(durationMs, count),
          },
        ];
      }),
    ),
    byStatus: Object.fromEntries(SESSION_STATUSES.map((status) => [status, inStatus(status)])),
    byUser: Object.fromEntries([...by('user')].map(([user, sum]) => [user, shown(sum)])),
    byTag: Object.fromEntries([...by('tag')].map(([tag, sum]) => [tag, shown(sum)])),
  };
}
