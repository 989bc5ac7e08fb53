/** Runners as the server sees them, and how they are emptied. */
import { RiggerError } from '../model/errors.ts';
import type { RunnerRecord } from '../model/record.ts';
import { drainingRunners, heldSessions, listRunners, setDraining } from '../store/runners.ts';
import { pendingTurns } from '../store/turns.ts';
import { changeSession } from './change.ts';
import type { Engine } from './engine.ts';

/** A runner as the API shows it. */
export interface RunnerState extends RunnerRecord {
  sessions: number;
  /** Its lease has not passed. */
  live: boolean;
}

export function runners(engine: Engine): Promise<RunnerState[]> {
  return listRunners(engine.database.db);
}

/** Whether turns run on a runner. A database that is away says nothing of them: then they may. */
export async function works(engine: Engine, id: string | null): Promise<boolean> {
  if (id === null) return false;
  const held = await heldSessions(engine.database.db, id).catch(() => null);
  return held === null || held.some((session) => session.given.length > 0);
}

/** Learns which runners are being emptied: another server may have been asked. */
export async function learnDraining(engine: Engine): Promise<void> {
  engine.draining = new Set(await drainingRunners(engine.database.db));
}

/**
 * Empties a runner, or lets it be filled again. Nothing new is placed on it; what is idle on it moves at once, and what
 * works moves when its turn ends.
 * @throws RiggerError `runner_not_found`.
 */
export async function drainRunner(engine: Engine, id: string, draining: boolean): Promise<RunnerState> {
  if (!(await setDraining(engine.database.db, id, draining)))
    throw new RiggerError('runner_not_found', { extra: { id } });
  await learnDraining(engine);
  if (draining) await emptyRunner(engine, id);
  const state = (await runners(engine)).find((one) => one.id === id);
  if (state === undefined) throw new RiggerError('runner_not_found', { extra: { id } });
  return state;
}

/** Has a draining runner let go of every session on which no turn runs, or only ones that wait for a person. */
export async function emptyRunner(engine: Engine, id: string): Promise<void> {
  for (const held of await heldSessions(engine.database.db, id)) {
    if (held.releasing || (held.given.length > 0 && !held.waits)) continue;
    await changeSession(engine, held.id, async (change) => {
      if (change.session.runnerId !== id) return;
      const waits = await change.requests.heldUp();
      const busy = (await pendingTurns(change.tx, held.id)).some(
        (turn) => turn.epoch === change.session.epoch && !waits.has(turn.id),
      );
      if (!busy) change.moveAway();
    }).catch((error: unknown) => {
      if (!(error instanceof RiggerError && error.code === 'session_not_found')) throw error;
    });
  }
}
