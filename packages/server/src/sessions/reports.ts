/** What runners report, and what it means: batches of items, leases lost, sessions let go. */
import type { Item, ItemOf } from '@rigger/runner/protocol';
import { type Nano, toNano, toUsd } from '../model/money.ts';
import type { TurnRecord } from '../model/record.ts';
import { isOver } from '../model/turn.ts';
import { noteRefusal } from '../store/runners.ts';
import { setAgentSdkSession } from '../store/sessions.ts';
import { appendTranscript } from '../store/transcripts.ts';
import { findTurn, pendingTurns } from '../store/turns.ts';
import { agentNames } from './agents.ts';
import { type Change, changeSession } from './change.ts';
import type { Engine } from './engine.ts';
import { failSnapshotItem, restoredItem, takeSnapshotItem } from './snapshots.ts';
import { isEnded } from './transition.ts';

/** A turn whose process dies so often fails. */
const MAX_DEATHS = 2;

/** An agent may say a NUL; a text column cannot hold one. What it said exactly is in the log. */
const withoutNul = (text: string): string => text.replaceAll('\0', '');

/** A report under a lease that is no longer the newest: nothing of it is taken. */
export class Fenced extends Error {
  override readonly name = 'Fenced';
}

function checkLease(change: Change, runnerId: string, epoch: number): void {
  if (change.session.runnerId !== runnerId || change.session.epoch !== epoch) throw new Fenced();
}

/**
 * Commits one batch, once: a batch that was committed before changes nothing.
 * @throws Fenced when the runner no longer holds the session under this epoch.
 */
export async function takeBatch(
  engine: Engine,
  runnerId: string,
  session: string,
  epoch: number,
  batch: number,
  items: Item[],
): Promise<void> {
  await changeSession(engine, session, async (change) => {
    checkLease(change, runnerId, epoch);
    if (batch <= change.session.lastBatch) return;
    change.session.lastBatch = batch;
    if (!isEnded(change.session)) change.session.lastActivityAt = change.now;
    for (const item of items) await takeItem(engine, change, item);
  });
}

/** Nothing that a runner reports is older: it would have lost its lease. */
const OLDEST_MS = 60_000;

/** When something happened by the runner's clock, or now by the database's where that clock cannot be right. */
function timeOf({ now }: Change, at: string): Date {
  const said = new Date(at);
  return said > now || now.getTime() - said.getTime() > OLDEST_MS ? now : said;
}

async function takeItem(engine: Engine, change: Change, item: Item): Promise<void> {
  switch (item.kind) {
    case 'event':
      change.log(item.type, item.data, { agent: item.agent, turnId: item.turn, at: timeOf(change, item.at) });
      return;
    case 'transcript':
      await appendTranscript(
        change.tx,
        { sessionId: change.session.id, sdkSessionId: item.sdkSession, subpath: item.subpath ?? '' },
        item.entries,
      );
      return;
    case 'agent_started':
      return agentStarted(change, item);
    case 'turn_started':
      return turnStarted(change, item);
    case 'turn_finished':
      return turnFinished(change, item);
    case 'spent':
      count(change, item);
      return change.endIfSpent();
    case 'agent_exited':
      return agentExited(change, item);
    case 'permission_requested':
      return permissionRequested(engine, change, item);
    case 'permission_taken':
      return change.requests.take(item.id);
    case 'permission_withdrawn':
      return permissionWithdrawn(change, item);
    case 'agent_message':
      return agentMessage(change, item);
    case 'snapshot_taken':
      return takeSnapshotItem(engine, change, item, timeOf(change, item.at));
    case 'snapshot_failed':
      return failSnapshotItem(change, item, timeOf(change, item.at));
    case 'snapshot_restored':
      return restoredItem(change, item, timeOf(change, item.at));
  }
}

async function agentStarted(change: Change, item: ItemOf<'agent_started'>): Promise<void> {
  const { session } = change;
  await setAgentSdkSession(change.tx, session.id, item.agent, item.sdkSession);
  if (item.agent === agentNames(session.config, change.policy)[0]) session.sdkSessionId = item.sdkSession;
  change.log(
    'agent.started',
    { ...item.data, sdkSessionId: item.sdkSession, resumed: item.resumed },
    { agent: item.agent, at: timeOf(change, item.at) },
  );
  await change.apply({ type: 'agent_ready' });
}

/** The turn that an item speaks of, unless it has ended meanwhile. */
async function pending(change: Change, id: string | null): Promise<TurnRecord | null> {
  const turn = id === null ? null : await findTurn(change.tx, change.session.id, id);
  return turn === null || isOver(turn.status) ? null : turn;
}

async function turnStarted(change: Change, item: ItemOf<'turn_started'>): Promise<void> {
  const turn = await pending(change, item.turn);
  if (turn === null) return;
  const at = timeOf(change, item.at);
  await change.updateTurn(turn, { status: 'running', startedAt: turn.startedAt ?? at });
  change.log('turn.started', { attempt: turn.attempt }, { agent: turn.agent, turnId: turn.id, at });
  await change.apply({ type: 'turn_started' });
}

/** Money and tokens are the ledger's to count, at the wire. */
function count({ session }: Change, item: ItemOf<'spent' | 'turn_finished'>): void {
  session.numTurns += item.numTurns;
  session.toolsUsed = [...new Set([...session.toolsUsed, ...item.toolsUsed])];
}

/** Where the SDK's own figure is more than a hundredth off the ledger's, somebody ought to know why. */
function compareCosts(change: Change, turn: TurnRecord, sdkCost: Nano): void {
  // What a process that died had spent is in the ledger alone.
  if (turn.attempt > 1 || turn.deaths > 0) return;
  const apart = turn.cost > sdkCost ? turn.cost - sdkCost : sdkCost - turn.cost;
  if (apart * 100n <= turn.cost) return;
  change.log(
    'cost.differs',
    { ledgerUsd: toUsd(turn.cost), sdkUsd: toUsd(sdkCost) },
    { agent: turn.agent, turnId: turn.id },
  );
}

async function turnFinished(change: Change, item: ItemOf<'turn_finished'>): Promise<void> {
  count(change, item);
  const turn = await pending(change, item.turn);
  if (turn === null) return change.endIfSpent();
  const status = item.outcome === 'succeeded' || item.outcome === 'interrupted' ? item.outcome : 'failed';
  compareCosts(change, turn, toNano(item.costUsd));
  const patch = {
    sdkCost: toNano(item.costUsd),
    numTurns: item.numTurns,
    response: withoutNul(item.text),
    result: item.result,
    error: item.error,
  };
  if (item.outcome === 'budget_exceeded' || item.outcome === 'max_turns') {
    const limit = item.outcome === 'max_turns' ? 'turns' : 'budget';
    change.logLimit(limit);
    // The limit ends the session before the turn's own end could say something else of it.
    await change.endTurnOnly(turn, status, patch);
    return change.apply({ type: 'limit_reached', limit });
  }
  await change.finishTurn(turn, status, patch);
}

async function agentExited(change: Change, item: ItemOf<'agent_exited'>): Promise<void> {
  const at = timeOf(change, item.at);
  change.log('agent.exited', { ...item.data, expected: item.expected }, { agent: item.agent, turnId: item.turn, at });
  await change.requests.forsake(item.agent);
  if (item.expected) return;
  const turn = await pending(change, item.turn);
  if (turn === null) return;
  if (item.data.reason === 'out_of_memory')
    return resumeOrFail(
      change,
      turn,
      'out_of_memory',
      'The agent’s process ran out of its sandbox’s memory twice during this turn.',
    );
  await resumeOrFail(change, turn, 'agent_crashed', 'The agent’s process died twice during this turn.');
}

async function permissionRequested(
  engine: Engine,
  change: Change,
  item: ItemOf<'permission_requested'>,
): Promise<void> {
  const turn = await findTurn(change.tx, change.session.id, item.turn);
  // Of a turn that is to be stopped nobody is asked: its process hears of that. Of one that went well, a subagent may ask.
  if (turn === null || turn.stopRequested || isEnded(change.session)) return;
  if (isOver(turn.status) && turn.status !== 'succeeded') return;
  const { kind: _, at: said, turn: turnId, asks, title, reason, ...rest } = item;
  const waitMs = change.session.config.permissionTimeoutMs ?? engine.permissionTimeoutMs;
  const at = timeOf(change, said);
  const request = {
    ...rest,
    sessionId: change.session.id,
    turnId,
    epoch: change.session.epoch,
    kind: asks,
    title: withoutNul(title),
    reason: reason === null ? null : withoutNul(reason),
    requestedAt: at,
    expiresAt: new Date(change.now.getTime() + waitMs),
  };
  await change.requests.ask(request, at);
}

async function permissionWithdrawn(change: Change, item: ItemOf<'permission_withdrawn'>): Promise<void> {
  await change.requests.withdraw('The agent does not wait for it.', (asked) => asked.id === item.id);
}

async function resumeOrFail(change: Change, turn: TurnRecord, code: string, message: string): Promise<void> {
  // What died while it waited for a person is no fault of the turn: it goes on waiting.
  if ((await change.requests.heldUp()).has(turn.id)) return change.requeueTurn(turn, code);
  const deaths = turn.deaths + 1;
  await change.updateTurn(turn, { deaths });
  if (deaths < MAX_DEATHS || turn.stopRequested) return change.requeueTurn(turn, code);
  await change.finishTurn(turn, 'failed', { error: { code, message } });
}

async function agentMessage(change: Change, item: ItemOf<'agent_message'>): Promise<void> {
  const about = { agent: item.from, turnId: item.during, at: timeOf(change, item.at) };
  if (isEnded(change.session) || !agentNames(change.session.config, change.policy).includes(item.to)) return;
  const during = item.during === null ? null : await findTurn(change.tx, change.session.id, item.during);
  const queued = await change.queueTurn({
    id: item.turn,
    agent: item.to,
    fromAgent: item.from,
    depth: (during?.depth ?? 0) + 1,
    prompt: `[message from ${item.from}] ${item.text}`,
  });
  if (queued) change.log('agent.message_sent', { to: item.to, text: item.text, turnId: item.turn }, about);
}

/** The runner has ended the session's processes and holds it no more. Harmless when it never did. */
export async function takeRelease(engine: Engine, runnerId: string, session: string, epoch: number): Promise<void> {
  await changeSession(engine, session, async (change) => {
    checkLease(change, runnerId, epoch);
    change.free();
    await change.requests.forsake(null);
    // A runner that was told to stop lets go in the middle of turns: they go on from their transcripts.
    for (const turn of await pendingTurns(change.tx, session))
      if (turn.status === 'running') await change.requeueTurn(turn, 'runner_stopped');
  });
}

/** The session could not be brought up. `ofRunner`: by this runner, which may be at fault and is asked last for a while. */
export async function takeRefusal(
  engine: Engine,
  runnerId: string,
  session: string,
  epoch: number,
  { code, message, ofRunner }: { code: string; message: string; ofRunner: boolean },
): Promise<void> {
  await changeSession(engine, session, async (change) => {
    checkLease(change, runnerId, epoch);
    change.log('agent.start_failed', { code, message });
    if (ofRunner) await noteRefusal(change.tx, runnerId);
    change.free();
    await change.requests.forsake(null);
    for (const turn of await pendingTurns(change.tx, session)) {
      await change.endTurnOnly(turn, 'failed', { error: { code, message } });
    }
    await change.apply({ type: 'start_failed' });
  });
}

/** The runner is gone, or has let its lease pass: what it was doing is taken up elsewhere, or fails visibly. */
export async function loseRunner(
  engine: Engine,
  runnerId: string,
  session: string,
  epoch: number,
  because: { reason?: string; message?: string } = {},
): Promise<void> {
  await changeSession(engine, session, async (change) => {
    checkLease(change, runnerId, epoch);
    change.log('session.runner_lost', { runner: runnerId, ...because });
    change.free();
    await change.requests.forsake(null);
    for (const turn of await pendingTurns(change.tx, session)) {
      if (turn.status === 'running')
        await resumeOrFail(change, turn, 'runner_lost', 'The runner was lost twice during this turn.');
      // It may have begun unheard: then it must not begin again as if it had not.
      else if (turn.epoch === epoch) await change.requeueTurn(turn, 'runner_lost');
    }
    await change.apply({ type: 'runner_lost' });
  });
}
