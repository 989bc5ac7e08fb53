/** A session's requests for permission within a change of it: asked, ended, and what they hold up. */
import type { PermissionRecord, SessionRecord } from '../model/record.ts';
import type { Tx } from '../store/database.ts';
import {
  findPermission,
  insertPermission,
  leftOverPermissions,
  type NewPermission,
  openPermissions,
  pendingPermissions,
  updatePermission,
} from '../store/permissions.ts';
import { type Settlement, withdrawn } from './permissions.ts';

/** What of a change is needed here. */
interface Around {
  tx: Tx;
  now: Date;
  session: SessionRecord;
  log(type: string, data: Record<string, unknown>, about: { agent: string; turnId: string; at?: Date }): void;
}

/** Who ends a request where no person does. */
const RIGGER = 'rigger';

export class Requests {
  readonly #around: Around;
  /** Those that ended in this change. */
  readonly answered: PermissionRecord[] = [];

  constructor(around: Around) {
    this.#around = around;
  }

  /** Enters a request. One that is there already is asked by another process now, perhaps under another call. */
  async ask(request: NewPermission, at: Date): Promise<void> {
    const { tx, log } = this.#around;
    const { id, agent, turnId, toolUseId, parentToolUseId, resumable, epoch } = request;
    const asked = await insertPermission(tx, request);
    if (asked === null) await updatePermission(tx, id, { toolUseId, parentToolUseId, resumable, epoch });
    await this.#count();
    if (asked === null) return;
    const { kind, tool, input, title, reason, rules } = asked;
    const expiresAt = asked.expiresAt.toISOString();
    const parent = parentToolUseId === null ? {} : { parentToolUseId };
    log.call(
      this.#around,
      'permission.requested',
      { id, kind, tool, input, title, reason, toolUseId, ...parent, rules, expiresAt },
      { agent, turnId, at },
    );
  }

  /** Ends a request: by an answer, its deadline, or because nobody waits for it any more. */
  async settle(asked: PermissionRecord, { status, decision, scope }: Settlement, by: string): Promise<void> {
    const { tx, now, log } = this.#around;
    const patch = { status, decision, scope, answeredAt: now, answeredBy: by };
    Object.assign(asked, patch);
    await updatePermission(tx, asked.id, patch);
    this.answered.push(asked);
    await this.#count();
    const { id, kind, tool, agent, turnId } = asked;
    log.call(
      this.#around,
      'permission.answered',
      { id, kind, tool, status, by, message: null, ...decision, ...(scope === null ? {} : { scope }) },
      { agent, turnId },
    );
  }

  /** Denies what nobody has answered by its deadline. */
  async expire(settlement: Settlement): Promise<void> {
    const { tx, session, now } = this.#around;
    for (const asked of await pendingPermissions(tx, session.id))
      if (asked.expiresAt <= now) await this.settle(asked, settlement, RIGGER);
  }

  /** Nobody waits any more for what passes. */
  async withdraw(why: string, test: (asked: PermissionRecord) => boolean = () => true): Promise<void> {
    const { tx, session } = this.#around;
    if (session.pendingPermissions === 0) return;
    for (const asked of await pendingPermissions(tx, session.id))
      if (test(asked)) await this.settle(asked, withdrawn(why), RIGGER);
  }

  /** A process is gone, an agent's or all: with it subagents that asked in the background of turns that are over. */
  async forsake(agent: string | null): Promise<void> {
    const { tx, session } = this.#around;
    if (session.pendingPermissions === 0) return;
    for (const asked of await leftOverPermissions(tx, session.id))
      if ((agent ?? asked.agent) === asked.agent)
        await this.settle(asked, withdrawn('The process that asked is gone.'), RIGGER);
  }

  /** Its answer is about to be used. */
  async take(id: string): Promise<void> {
    const { tx, session } = this.#around;
    const asked = await findPermission(tx, session.id, id);
    if (asked !== null && asked.status !== 'pending') await updatePermission(tx, id, { taken: true });
  }

  /**
   * The turns that do not go on before a person has answered: their own conversation waits, and they have no answer that is not
   * used. What their subagents ask holds up nobody else.
   */
  async heldUp(): Promise<Set<string>> {
    const { tx, session } = this.#around;
    if (session.pendingPermissions === 0) return new Set();
    const open = await openPermissions(tx, session.id);
    const free = new Set(open.filter((one) => one.status !== 'pending').map((one) => one.turnId));
    const held = open.filter((one) => one.resumable && !free.has(one.turnId));
    return new Set(held.map((one) => one.turnId));
  }

  async #count(): Promise<void> {
    const { tx, session, now } = this.#around;
    const waiting = await pendingPermissions(tx, session.id);
    const first = Math.min(...waiting.map((one) => one.expiresAt.getTime()));
    session.pendingPermissions = waiting.length;
    session.permissionDueAt = waiting.length === 0 ? null : new Date(first);
    session.waitsSince = waiting.length > 0 && waiting.every((one) => one.resumable) ? now : null;
  }
}
