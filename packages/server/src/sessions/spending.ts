/** What model calls cost: whether one may begin, and what follows for its session when it has ended. */
import { RiggerError } from '../model/errors.ts';
import { type Nano, toUsd } from '../model/money.ts';
import { costOf, estimatedCost, type TokenCounts } from '../model/prices.ts';
import type { SessionRecord } from '../model/record.ts';
import { transact } from '../store/database.ts';
import {
  type CallEnd,
  type CallStart,
  callIsKept,
  holdMore,
  keepCalls,
  type Line,
  lostCalls,
  type Opening,
  openCall,
  percentReached,
  type Settled,
  settleCall,
} from '../store/ledger.ts';
import { type Change, changeSession } from './change.ts';
import type { Engine } from './engine.ts';
import { isEnded } from './transition.ts';

const viewLine = ({ scope, label, period, limit, spent }: Line) => ({
  scope,
  ...(scope === 'session' || scope === 'all' || scope === 'installation'
    ? {}
    : { [scope === 'user' ? 'userId' : 'keyId']: label }),
  period,
  limitUsd: toUsd(limit),
  spentUsd: toUsd(spent),
});

/** Enters a model call in the ledger, if there is money for it. Where the session's own is spent, the session ends or pauses. */
async function openModelCall(engine: Engine, call: CallStart): Promise<Opening> {
  const opening = await openCall(engine.database.db, call);
  if (opening.verdict !== 'spent') return opening;
  const told = tellRefused(engine, call, opening.line);
  // Its session's end or pause comes first, or the refusal would be the end of its turn.
  if (opening.line.scope === 'session') return (await told).paused ? { verdict: 'paused' } : opening;
  // Of another budget the log may tell a moment later: were it lost with this server, the next call would be refused and say so.
  told.catch((error: unknown) =>
    engine.log.warn({ err: error, session: call.sessionId }, 'A refused model call could not be told of'),
  );
  return opening;
}

async function tellRefused(engine: Engine, call: CallStart, line: Line): Promise<SessionRecord> {
  const { committed } = await changeSession(engine, call.sessionId, async (change) => {
    if (change.session.epoch !== call.epoch) return;
    if (line.scope === 'session') await change.endAtBudget();
    else change.log('budget.exceeded', viewLine(line), { agent: call.agent });
  });
  return committed.session;
}

/**
 * Settles a model call with its session: what it cost, whom it brought near a limit, and what ends because of it.
 * @returns whether its session goes on.
 */
async function settleModelCall(engine: Engine, sessionId: string, end: CallEnd): Promise<boolean> {
  try {
    const { committed, result } = await changeSession(engine, sessionId, async (change) => {
      const settled = await settleCall(change.tx, end);
      if (settled !== null) await charge(change, end, settled);
      return settled;
    });
    if (result !== null) engine.signals.emit('paid', { ...result, end });
    return !isEnded(committed.session) && !committed.session.paused;
  } catch (error) {
    if (!(error instanceof RiggerError) || error.code !== 'session_not_found') throw error;
    // Deleted meanwhile: what it cost was spent all the same.
    const settled = await transact(engine.database.db, (tx) => settleCall(tx, end));
    if (settled !== null) engine.signals.emit('paid', { ...settled, end });
    return false;
  }
}

async function charge(change: Change, { cost, tokens }: CallEnd, { agent, turnId, crossed }: Settled): Promise<void> {
  const { session } = change;
  session.totalCost += cost;
  session.totalTokens += tokens.input + tokens.output + tokens.cacheRead + tokens.cacheWrite5m + tokens.cacheWrite1h;
  const about = { agent, turnId };
  if (session.maxBudgetUsd !== null) {
    const percent = percentReached(session.totalCost, session.maxBudgetUsd);
    if (percent > session.budgetWarned) {
      session.budgetWarned = percent;
      const line: Line = {
        budget: null,
        scope: 'session',
        label: session.id,
        period: 'total',
        limit: session.maxBudgetUsd,
        spent: session.totalCost,
      };
      change.log('budget.warning', { percent, ...viewLine(line) }, about);
    }
  }
  for (const line of crossed) change.log('budget.warning', { percent: line.percent, ...viewLine(line) }, about);
  await change.endIfSpent();
}

/** What the gateway needs of the ledger. */
export const makeBooks = (engine: Engine) => ({
  open: (call: CallStart) => openModelCall(engine, call),
  kept: (id: string) => callIsKept(engine.database.db, id),
  more: (call: { id: string; sessionId: string }, needed: Nano, likely: Nano, tokens: TokenCounts) =>
    holdMore(engine.database.db, call, needed, likely, tokens),
  settle: (sessionId: string, end: CallEnd) => settleModelCall(engine, sessionId, end),
  keep: (ids: string[]) => keepCalls(engine.database.db, ids),
});

/** A server says every 10 s which calls it carries: one of which nothing was said for so long went with its server. */
const SILENT_MS = 60_000;
const PORTION = 100;

/** Settles calls whose server is gone, with what they had used when it was last heard of. */
export async function settleLostCalls(engine: Engine): Promise<void> {
  for (const { id, sessionId, price, tokens, held, totalMs } of await lostCalls(
    engine.database.db,
    SILENT_MS,
    PORTION,
  )) {
    engine.log.warn({ session: sessionId, call: id }, 'A model call went with its server; its cost is estimated');
    await settleModelCall(engine, sessionId, {
      id,
      outcome: 'lost',
      httpStatus: null,
      upstream: null,
      requestId: null,
      firstByteMs: null,
      totalMs,
      tokens,
      cost: estimatedCost(costOf(tokens, price), held),
      estimated: true,
    });
  }
}
