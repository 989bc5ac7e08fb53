/** Ending, parking, finishing, deleting and changing a session from outside, and what time brings to it. */

import type { SessionConfig } from '../model/config.ts';
import { RiggerError } from '../model/errors.ts';
import { toNano } from '../model/money.ts';
import type { SessionRecord } from '../model/record.ts';
import type { SessionUpdateRequest, StatusReason } from '../model/session.ts';
import { findSession } from '../store/sessions.ts';
import { pendingTurns } from '../store/turns.ts';
import { changeSession } from './change.ts';
import { createSession } from './create.ts';
import { type Engine, untilSeen } from './engine.ts';
import { heirOf } from './fork.ts';
import { dueAt } from './limits.ts';
import { expired } from './permissions.ts';
import { isEnded } from './transition.ts';

/** A runner gets 5 s to end a session's processes before it kills them; a little more for the way there and back. */
export const RELEASE_GRACE_MS = 5_000;
const RELEASE_PATIENCE_MS = RELEASE_GRACE_MS + 3_000;

/** Waits until no runner holds the session, for a bounded time: a runner that is gone must not hold up its end. */
export async function whenReleased(engine: Engine, id: string): Promise<void> {
  await untilSeen(
    engine,
    id,
    {
      seen: (change) => (change.released || change.deleted ? true : undefined),
      async look() {
        const session = await findSession(engine.database.db, id);
        return session === null || session.runnerId === null ? true : undefined;
      },
    },
    AbortSignal.timeout(RELEASE_PATIENCE_MS),
  ).catch((error: unknown) => {
    if ((error as Error).name !== 'TimeoutError') throw error;
    engine.log.warn({ session: id }, 'The runner did not let go of the session in time; its lease will end by itself.');
  });
}

/** Ends a session. Twice is fine: the first reason stays. Resolves once its processes are gone. */
export async function terminateSession(engine: Engine, id: string, reason: StatusReason): Promise<SessionRecord> {
  const { committed } = await changeSession(engine, id, (change) =>
    change.apply({ type: 'terminate_requested', reason }),
  );
  await whenReleased(engine, id);
  return committed.session;
}

/** Ends the session if it lives, then removes it with its log, transcripts and files. */
export async function removeSession(engine: Engine, id: string): Promise<void> {
  await terminateSession(engine, id, 'user_requested');
  await changeSession(engine, id, (change) => change.apply({ type: 'delete_requested' }));
}

/** Changes labels and limits; a limit that is already passed ends the session at once. `status` parks or finishes. */
export async function updateSession(engine: Engine, id: string, request: SessionUpdateRequest): Promise<SessionRecord> {
  const { status, maxBudgetUsd, ...rest } = request;
  if (status !== undefined && status !== 'idle' && status !== 'completed')
    throw new RiggerError('invalid_status_change', { extra: { id, requested: status } });
  const { committed } = await changeSession(engine, id, async (change) => {
    Object.assign(change.session, Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)));
    if (maxBudgetUsd !== undefined) change.session.maxBudgetUsd = toNano(maxBudgetUsd);
    if (Object.keys(request).length > 0) change.log('session.updated', { changed: request });
    if (status === 'idle') await change.apply({ type: 'park_requested' });
    if (status === 'completed') await change.apply({ type: 'finish_requested' });
    await change.endIfSpent();
    if (maxBudgetUsd !== undefined) await change.raiseBudget();
  });
  return committed.session;
}

/**
 * Brings a parked session back before its next message; one that has ended is continued by a new session of the same
 * pattern, limits and labels. @returns the session to go on with.
 */
export async function resumeSession(engine: Engine, id: string, config: SessionConfig): Promise<SessionRecord> {
  const session = await findSession(engine.database.db, id);
  if (session === null) throw new RiggerError('session_not_found', { extra: { id } });
  if (!isEnded(session)) {
    const { committed } = await changeSession(engine, id, async (change) => {
      await change.apply({ type: 'resume_requested' });
      // Else the idle time that parked it would be due again at once.
      change.session.lastActivityAt = change.now;
    });
    return committed.session;
  }
  const continued = await createSession(engine, session.tenant, heirOf(session, { ...config, resumeSessionId: id }));
  return continued.session;
}

export interface Interrupted {
  /** The turns that were running and are being stopped. */
  interrupted: string[];
  /** The turns that stay queued and will run. */
  queued: string[];
}

/** Has the turns that run stopped by their runner, wherever it is connected, and says which go on waiting. */
export async function interruptSession(engine: Engine, id: string, agent: string | undefined): Promise<Interrupted> {
  const { result } = await changeSession(engine, id, async (change) => {
    const { session } = change;
    const turns = await pendingTurns(change.tx, id);
    const running = turns.filter(
      (turn) =>
        turn.epoch === session.epoch && session.runnerId !== null && (agent === undefined || turn.agent === agent),
    );
    // A turn whose process is gone, and that waits for a person, has nobody who could stop it.
    const heldUp = await change.requests.heldUp();
    const held = turns.filter(
      (turn) => heldUp.has(turn.id) && !running.includes(turn) && (agent === undefined || turn.agent === agent),
    );
    for (const turn of running.filter((one) => !one.stopRequested)) await change.stopTurn(turn);
    for (const turn of held) await change.interruptTurn(turn);
    const interrupted = [...running, ...held];
    return {
      interrupted: interrupted.map((turn) => turn.id),
      queued: turns.filter((turn) => !interrupted.includes(turn)).map((turn) => turn.id),
    };
  });
  return result;
}

/** Carries out what is due for one session by now. @returns whether its retention is over and it is to be removed. */
export async function ageSession(engine: Engine, id: string): Promise<{ remove: boolean }> {
  const { result } = await changeSession(engine, id, async (change) => {
    for (const event of dueAt(change.session, change.policy, change.now)) {
      if (event.type === 'retention_elapsed') return { remove: true };
      if (event.type === 'permission_due') {
        await change.requests.expire(expired());
        continue;
      }
      if (event.type === 'limit_reached') change.logLimit(event.limit);
      await change.apply(event);
    }
    return { remove: false };
  });
  return result;
}
