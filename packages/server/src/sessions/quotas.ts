/** How much of everything one key, and each user behind it, may have. */
import type { CallerLimits } from '../model/access.ts';
import { RiggerError } from '../model/errors.ts';
import type { SessionRecord } from '../model/record.ts';
import type { Tx } from '../store/database.ts';
import { countMessages, type Holder, holdStill, useOf } from '../store/quotas.ts';

const exceeded = (quota: keyof CallerLimits, limit: number, used: number, who: Holder): RiggerError =>
  new RiggerError('caller_limit_exceeded', {
    detail: `${used} of ${limit} ${WORDS[quota]}${who.userId === null ? '' : ` of the user ${who.userId}`}.`,
    extra: { quota, limit, used },
  });
const WORDS: Partial<Record<keyof CallerLimits, string>> = {
  activeSessions: 'sessions that have not ended',
  sessionsPerDay: 'sessions within 24 hours',
  messagesPerSession: 'messages of this session',
  snapshotBytes: 'bytes of snapshots',
};

/** By whom a session counts: its user, or the key that made it where it names none. */
const holderOf = ({ tenant, userId, keyId }: SessionRecord): Holder => ({ tenant, userId, keyId });

/**
 * Whether another session may begin. Of two at once one waits for the other, so that only one has the last place.
 * @throws RiggerError `caller_limit_exceeded`.
 */
export async function checkSessionQuotas(tx: Tx, session: SessionRecord, limits: CallerLimits): Promise<void> {
  const { activeSessions, sessionsPerDay } = limits;
  if (activeSessions == null && sessionsPerDay == null) return;
  const who = holderOf(session);
  await holdStill(tx, who);
  const { active, today } = await useOf(tx, who);
  if (activeSessions != null && active >= activeSessions) throw exceeded('activeSessions', activeSessions, active, who);
  if (sessionsPerDay != null && today >= sessionsPerDay) throw exceeded('sessionsPerDay', sessionsPerDay, today, who);
}

/** Whether a session takes another message; its row is locked. @throws RiggerError `caller_limit_exceeded`. */
export async function checkMessageQuota(tx: Tx, session: SessionRecord, limits: CallerLimits): Promise<void> {
  const { messagesPerSession } = limits;
  if (messagesPerSession == null) return;
  const sent = await countMessages(tx, session.id, messagesPerSession);
  if (sent >= messagesPerSession)
    throw exceeded('messagesPerSession', messagesPerSession, sent, { ...holderOf(session), userId: null });
}

/** Whether another snapshot may be asked for. @throws RiggerError `caller_limit_exceeded`. */
export async function checkSnapshotQuota(tx: Tx, session: SessionRecord, limits: CallerLimits): Promise<void> {
  const { snapshotBytes } = limits;
  if (snapshotBytes == null) return;
  const who = holderOf(session);
  const { snapshots } = await useOf(tx, who, true);
  if (snapshots >= snapshotBytes) throw exceeded('snapshotBytes', snapshotBytes, snapshots, who);
}
