/** Who is behind what is being done: kept beside a request, so that whatever it changes can say so in its own transaction. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { CallerLimits } from '../model/access.ts';
import { insertAudit } from '../store/audit.ts';
import { type Tx, wasUndone } from '../store/database.ts';

export interface Actor {
  tenant: string;
  name: string;
  keyId: string | null;
  /** The user whose token was shown; null for one who may act for many. */
  userId: string | null;
  /** What they may use; a member that is absent or null is without limit. */
  limits: CallerLimits;
  address: string | null;
  requestId: string;
  /** What the audit log calls what is being done. */
  action: string;
  /** What of the request its entry says beside what was changed, as a file's path. */
  about: Record<string, unknown> | null;
  /** The transaction that has its entry; null: none has. */
  recordedIn: Tx | null;
}

const actors = new AsyncLocalStorage<Actor>();

/** Does `work`, and what comes of it, in the name of an actor. */
export const actAs = <T>(actor: Actor, work: () => T): T => actors.run(actor, work);
/** Does what follows from a change: timers and rules that it wakes work for nobody, though a request woke them. */
export const asNobody = <T>(work: () => T): T => actors.exit(work);
/** Null for what nobody asked for: time, runners. */
export const currentActor = (): Actor | null => actors.getStore() ?? null;

/** Whether what it did has its entry; one that was undone with its transaction is none. */
export const isRecorded = ({ recordedIn }: Actor): boolean => recordedIn !== null && !wasUndone(recordedIn);

export interface Recorded {
  target: string | null;
  before?: unknown;
  after?: unknown;
}

/**
 * Enters what the current request changes, within the transaction that changes it. The first thing that a request changes is what it
 * was for: what follows from it has no entry of its own. Without a request nothing is entered.
 */
export async function record(tx: Tx, { target, before = null, after = null }: Recorded): Promise<void> {
  const actor = currentActor();
  if (actor === null || actor.action === '' || isRecorded(actor)) return;
  const { tenant, name, keyId, address, requestId, action } = actor;
  const told = actor.about === null ? after : { ...actor.about, ...(after as object | null) };
  await insertAudit(tx, { tenant, actor: name, keyId, address, requestId, action, target, before, after: told });
  actor.recordedIn = tx;
}
