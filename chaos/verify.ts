/** What must hold of a session, whatever happened. All of it is read from the database and the API, not from memory. */
import { isDeepStrictEqual } from 'node:util';
import { type Api, wholeLog } from './api.ts';
import type { Follower } from './follower.ts';
import type { Ledger, Session } from './ledger.ts';
import type { Sql } from './sql.ts';

const CATCH_UP_MS = 30_000;

/** The follower has seen the stored log: all of it, in order, each event once and unchanged. */
export async function compareStream(api: Api, ledger: Ledger, session: Session, follower: Follower): Promise<void> {
  const log = await wholeLog(api, session.id);
  const last = log.at(-1)?.seq ?? 0;
  await follower
    .until(() => follower.lastSeq >= last, CATCH_UP_MS)
    .catch(() => {
      ledger.violate(
        'stream',
        `${session.id}: the log goes to ${last}, its follower came to ${follower.lastSeq} and no further within ${CATCH_UP_MS / 1_000} s`,
      );
    });
  // One is enough: after a gap nothing fits.
  const gap = log.findIndex((stored, index) => stored.seq !== index + 1);
  if (gap >= 0) {
    ledger.violate('log', `${session.id}: event ${gap + 1} of the stored log has seq ${log[gap].seq}`);
    return;
  }
  const other = log.find(
    (stored, index) => index < session.events.length && !isDeepStrictEqual(session.events[index], stored),
  );
  if (other !== undefined)
    ledger.violate('stream', `${session.id}: event ${other.seq} was streamed otherwise than it is stored`);
}

interface TurnRow {
  id: string;
  status: string;
  prompt: string;
  from_agent: string | null;
  cost: string;
  error: { code: string } | null;
}
interface EventRow {
  seq: string;
  type: string;
  turn_id: string | null;
  data: Record<string, unknown>;
}

const FINAL = new Set(['succeeded', 'failed', 'cancelled', 'interrupted']);

/** Turns, their ends, placements and money of a session that has been ended. */
export async function judgeSession(sql: Sql, ledger: Ledger, session: Session): Promise<void> {
  const { id } = session;
  const [stored] = await sql<{ total_cost: string; last_event_seq: string }>(
    'SELECT total_cost, last_event_seq FROM agent_sessions WHERE id = $1',
    [id],
  );
  if (stored === undefined) return ledger.violate('lost session', `${id} was acknowledged and is not in the database`);
  const turns = await sql<TurnRow>(
    'SELECT id, status, prompt::text AS prompt, from_agent, cost, error FROM session_turns WHERE session_id = $1 ORDER BY ordinal',
    [id],
  );
  const events = await sql<EventRow>(
    `SELECT seq, type, turn_id, CASE WHEN type IN ('session.placed', 'turn.finished') THEN data ELSE '{}' END AS data
     FROM session_events WHERE session_id = $1 ORDER BY seq`,
    [id],
  );
  judgeTurns(ledger, session, turns, events);
  judgePlacements(ledger, id, events);
  // More than the session's row said: an agent's end may be told between the two statements.
  if (events.length < Number(stored.last_event_seq) || events.some((event, index) => Number(event.seq) !== index + 1))
    ledger.violate('log', `${id}: ${events.length} events are stored, and the last is to be ${stored.last_event_seq}`);
  judgeMoney(ledger, session, stored.total_cost, turns);
}

function judgeTurns(ledger: Ledger, session: Session, turns: TurnRow[], events: EventRow[]): void {
  const { id } = session;
  for (const message of session.messages) {
    const its = turns.filter((turn) => turn.from_agent === null && turn.prompt.includes(message.marker));
    const names = its.map((turn) => turn.id).join(', ');
    if (message.acknowledgedAt !== null) {
      if (!its.some((turn) => turn.id === message.turn))
        ledger.violate(
          'lost message',
          `${id} ${message.marker} was acknowledged as ${message.turn}, which is not there`,
        );
    } else if (message.refused !== null && its.length > 0)
      ledger.violate('refused and done', `${id} ${message.marker} was refused with ${message.refused} and is ${names}`);
    if (its.length > 1)
      ledger.violate(
        'duplicate',
        `${id} ${message.marker} is ${its.length} turns after ${message.tries} tries: ${names}`,
      );
  }
  for (const turn of turns) {
    const ends = events.filter((event) => event.type === 'turn.finished' && event.turn_id === turn.id);
    if (!FINAL.has(turn.status))
      ledger.violate('stuck', `${id} ${turn.id} is still ${turn.status}, and its session has ended`);
    if (ends.length !== 1) ledger.violate('turn ends', `${id} ${turn.id} has ${ends.length} events turn.finished`);
    else if (ends[0]!.data.status !== turn.status)
      ledger.violate(
        'turn ends',
        `${id} ${turn.id} is ${turn.status}, and its event says ${String(ends[0]!.data.status)}`,
      );
  }
}

/** One runner to an epoch, epochs strictly rising, no agent before the first placement. */
function judgePlacements(ledger: Ledger, id: string, events: EventRow[]): void {
  let epoch = 0;
  for (const { type, seq, data } of events) {
    if (type === 'agent.started' && epoch === 0)
      ledger.violate('epochs', `${id}: an agent started (${seq}) before the session was placed`);
    if (type !== 'session.placed') continue;
    const placed = Number(data.epoch);
    if (!(placed > epoch)) ledger.violate('epochs', `${id}: epoch ${placed} (${seq}) was placed after epoch ${epoch}`);
    epoch = placed;
  }
}

/** To the billionth of a dollar, as it is stored. */
const nano = (text: string): bigint => BigInt(Math.round(Number(text) * 1e9));

function judgeMoney(ledger: Ledger, session: Session, total: string, turns: TurnRow[]): void {
  const sum = turns.reduce((before, turn) => before + nano(turn.cost), 0n);
  const spent = nano(total);
  // What an agent spends on a turn that has ended before its process, cancelled or given up, is the session's alone.
  const outlived = turns.some((turn) => turn.status === 'cancelled' || turn.error?.code === 'history_not_loaded');
  const holds = outlived ? spent >= sum : spent === sum;
  if (!holds)
    ledger.violate('money', `${session.id}: total_cost is ${total}, its turns cost ${Number(sum) / 1e9} together`);
}

/** Judges what was left undeleted once more, and that what was deleted stayed so, and what was created was so once. */
export async function judgeAll(sql: Sql, ledger: Ledger): Promise<void> {
  for (const session of ledger.sessions.values()) {
    if (session.state === 'deleted') continue;
    await judgeSession(sql, ledger, session);
  }
  const stored = await sql<{ id: string; description: string }>('SELECT id, description FROM agent_sessions');
  for (const { id, description } of stored) {
    const known = ledger.sessions.get(id);
    if (known?.state === 'deleted') ledger.violate('delete', `${id} was deleted and is there`);
    if (known !== undefined) continue;
    const twin = [...ledger.sessions.values()].find((session) => session.key === description);
    if (twin !== undefined)
      ledger.violate('duplicate', `${id} was created beside ${twin.id} under one key ${description}`);
  }
  await judgeLogs(sql, ledger);
}

/** Every log of the database, gap-free, in one statement. */
export async function judgeLogs(sql: Sql, ledger: Ledger): Promise<void> {
  const broken = await sql<{ id: string; last: string; found: string }>(
    `SELECT s.id, s.last_event_seq AS last, count(e.seq) AS found
     FROM agent_sessions s LEFT JOIN session_events e ON e.session_id = s.id
     GROUP BY s.id HAVING count(e.seq) <> s.last_event_seq OR coalesce(min(e.seq), 1) <> 1 OR coalesce(max(e.seq), 0) <> s.last_event_seq`,
  );
  for (const { id, last, found } of broken)
    ledger.violate('log', `${id}: ${found} events are stored, and the last is to be ${last}`);
}
