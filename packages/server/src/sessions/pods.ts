/** What becomes of sessions by their pods: told of them, or ended where there is none to be had. */
import { RiggerError } from '../model/errors.ts';
import { pendingTurns } from '../store/turns.ts';
import { type Change, changeSession } from './change.ts';
import type { Engine } from './engine.ts';

const unlessGone = (work: Promise<unknown>): Promise<unknown> =>
  work.catch((error: unknown) => {
    if (!(error instanceof RiggerError && error.code === 'session_not_found')) throw error;
  });

const waits = ({ session }: Change): boolean => session.wantsRunner && session.runnerId === null;

/** Tells a session that still waits why its pod has not come up, in Kubernetes' own words. */
export async function tellPending(
  engine: Engine,
  id: string,
  about: { pod: string | null; reason: string; message: string },
): Promise<void> {
  await unlessGone(
    changeSession(engine, id, async (change) => {
      if (waits(change)) change.log('session.pod_pending', about);
    }),
  );
}

/** Tells a session that its pod is being taken from under it. It goes on in another. */
export async function tellEnding(
  engine: Engine,
  id: string,
  epoch: number,
  about: { runner: string; reason: string; message: string },
): Promise<void> {
  await unlessGone(
    changeSession(engine, id, async (change) => {
      if (change.session.epoch === epoch) change.log('session.runner_ending', about);
    }),
  );
}

/** Ends a session that has waited for its pod for too long. */
export async function failWaiting(engine: Engine, id: string, about: { code: string; message: string }): Promise<void> {
  await unlessGone(
    changeSession(engine, id, async (change) => {
      if (!waits(change)) return;
      change.log('agent.start_failed', about);
      for (const turn of await pendingTurns(change.tx, id)) await change.endTurnOnly(turn, 'failed', { error: about });
      await change.apply({ type: 'start_failed' });
    }),
  );
}
