import { realpathSync } from 'node:fs';
import { asNobody, currentActor, record } from '../access/actor.ts';
import { isReservedEnv, type SessionConfig, WITHOUT_EFFECT } from '../model/config.ts';
import { RiggerError } from '../model/errors.ts';
import { newId } from '../model/ids.ts';
import { toNano } from '../model/money.ts';
import type { AgentRecord, SessionRecord } from '../model/record.ts';
import type { SessionCreate } from '../model/session.ts';
import { databaseTime, type Tx, transact } from '../store/database.ts';
import { appendEvents, type NewEvent } from '../store/events.ts';
import { findConversation, findResumable, insertAgents, insertSession, listAgents } from '../store/sessions.ts';
import { copySnapshot, snapshotIsOf } from '../store/snapshots.ts';
import { copyTranscripts } from '../store/transcripts.ts';
import { agentNames } from './agents.ts';
import { auditedOf } from './audited.ts';
import type { Committed } from './committed.ts';
import type { Engine } from './engine.ts';
import { creating, type RequestKey, takeOnce } from './idempotency.ts';
import { nextDeadline } from './limits.ts';
import { checkSessionQuotas } from './quotas.ts';
import { checkSecrets } from './secrets.ts';
import { viewCreated } from './views.ts';
import { webhookMessages } from './webhook-messages.ts';

/** Paths that the sandbox itself needs: a workspace there would hide them. */
const TAKEN = /^\/($|(usr|bin|sbin|lib|lib32|lib64|etc|proc|dev|sys|run|tmp|opt\/rigger|home\/agent)(\/|$))/;

/** A folder may be copied from when it really lies, links resolved, below one that the operator named. */
function checkSource(path: string, allowed: string[]): void {
  const real = (folder: string): string | null => {
    try {
      return realpathSync(folder);
    } catch {
      return null;
    }
  };
  const folder = real(path);
  const below = allowed
    .map(real)
    .some((root) => root !== null && folder !== null && (folder === root || folder.startsWith(`${root}/`)));
  if (!below) throw new RiggerError('source_not_allowed', { extra: { path } });
}

/** What a schema cannot say of a configuration. */
function checkConfig(config: SessionConfig, sourceFolders: string[]): void {
  if (config.source !== undefined && 'path' in config.source) checkSource(config.source.path, sourceFolders);
  const reserved = Object.keys(config.env ?? {}).filter(isReservedEnv);
  if (reserved.length > 0)
    throw new RiggerError('unsupported_option', {
      detail: 'These variables are Rigger’s own to set.',
      extra: { members: reserved.map((name) => `config.env.${name}`) },
    });
  const path = config.workingDirectory;
  if (path !== undefined && (TAKEN.test(path) || path.split('/').includes('..')))
    throw new RiggerError('invalid_request', {
      detail:
        'workingDirectory is where the workspace appears inside the sandbox; this path belongs to the system there.',
      extra: { issues: [{ path: 'config.workingDirectory', message: 'use a path such as /workspace or /app' }] },
    });
  if (config.permissionMode === 'bypassPermissions' && config.allowDangerouslySkipPermissions !== true)
    throw new RiggerError('invalid_request', {
      detail: 'permissionMode bypassPermissions needs allowDangerouslySkipPermissions: true beside it.',
      extra: { issues: [{ path: 'config.permissionMode', message: 'needs allowDangerouslySkipPermissions' }] },
    });
}

/** The earlier session that a new one continues. Naming one that is not there is an error, never a fresh start. */
async function sourceOf(tx: Tx, tenant: string, request: SessionCreate): Promise<SessionRecord | null> {
  const { resumeSessionId, continueSession } = request.config;
  if (resumeSessionId === undefined)
    return continueSession === true && request.conversationId !== undefined
      ? findConversation(tx, tenant, request.conversationId)
      : null;
  const source = await findResumable(tx, tenant, resumeSessionId);
  if (source === null || source.sdkSessionId === null)
    throw new RiggerError('resume_source_not_found', {
      ...(source === null ? {} : { detail: 'That session exists but has not spoken yet: there is nothing to resume.' }),
      extra: { id: resumeSessionId },
    });
  return source;
}

async function agentsOf(
  tx: Tx,
  session: SessionRecord,
  names: string[],
  source: SessionRecord | null,
): Promise<AgentRecord[]> {
  const earlier = source === null ? [] : await listAgents(tx, source.id);
  return names.map((name, index) => {
    const from =
      earlier.find((agent) => agent.name === name)?.sdkSessionId ??
      (index === 0 ? (source?.sdkSessionId ?? null) : null);
    const resumes = from !== null && index === 0;
    return {
      sessionId: session.id,
      name,
      sdkSessionId: from,
      resumeAt: resumes ? (session.config.resumeAtMessageId ?? null) : null,
      fork: from !== null && session.config.forkSession === true,
    };
  });
}

/** Whose the session is to be: a token of one user makes that user's. @throws RiggerError `forbidden`. */
function ownUser(caller: string | null, asked: string | undefined): string | null {
  if (caller !== null && asked !== undefined && asked !== caller)
    throw new RiggerError('forbidden', {
      detail: 'A token of one user cannot make sessions of another.',
      extra: { needs: `userId ${caller}, or none` },
    });
  return asked ?? caller;
}

/**
 * Makes a session, whole or not at all: its row, its agents, the transcripts it continues and its first event.
 * @param tenant whose it is to be; what it continues and names has to be that one's too.
 * @param once the client's key for this request: where it has come before, nothing is made and its answer comes back as `replayed`.
 * @throws RiggerError `resume_source_not_found`, `secret_not_found`, `unsupported_option`, `invalid_request`, `idempotency_key_reused`,
 * `forbidden`, `caller_limit_exceeded`.
 */
export async function createSession(
  engine: Engine,
  tenant: string,
  request: SessionCreate,
  once?: RequestKey,
): Promise<{ session: SessionRecord; notices: string[]; replayed: Record<string, unknown> | null }> {
  checkConfig(request.config, engine.sourceFolders);
  const actor = currentActor();
  const userId = ownUser(actor?.userId ?? null, request.userId);
  const policy = engine.policyOf({ pattern: request.pattern, tenant });
  const notices = WITHOUT_EFFECT.filter((name) => request.config[name] !== undefined).map(
    (name) => `config.${name} was accepted and has no effect: the agent runs as a native program.`,
  );
  const { committed, replayed } = await transact(engine.database.db, async (tx) => {
    await checkSecrets(tx, tenant, request.config);
    const from = request.config.source;
    if (from !== undefined && 'snapshot' in from && !(await snapshotIsOf(tx, tenant, from.snapshot)))
      throw new RiggerError('snapshot_not_found', { extra: { id: from.snapshot } });
    const source = await sourceOf(tx, tenant, request);
    const now = await databaseTime(tx);
    const budget = request.maxBudgetUsd ?? request.config.maxBudgetUsd;
    const resident = policy.residence === 'always';
    const session: SessionRecord = {
      id: newId('sess'),
      tenant,
      sdkSessionId: request.config.forkSession === true ? null : (source?.sdkSessionId ?? null),
      pattern: request.pattern,
      status: 'initializing',
      statusReason: null,
      config: request.config,
      conversationId: request.conversationId ?? null,
      createdAt: now,
      startedAt: null,
      lastActivityAt: now,
      completedAt: null,
      terminatedAt: null,
      totalCost: 0n,
      totalTokens: 0,
      numTurns: 0,
      toolsUsed: [],
      maxIdleTimeMs: request.maxIdleTimeMs ?? null,
      maxLifetimeMs: request.maxLifetimeMs ?? null,
      maxBudgetUsd: budget === undefined ? null : toNano(budget),
      maxTurns: request.maxTurns ?? null,
      tags: request.tags ?? [],
      description: request.description ?? null,
      userId,
      isolation: null,
      lastEventSeq: 1,
      pendingTurns: 0,
      wantsRunner: resident,
      runnerId: null,
      releasing: false,
      epoch: 0,
      lastBatch: 0,
      nextDeadlineAt: null,
      resumedFrom: source?.id ?? null,
      // Sorted: equal sets are then equal, and are placed together.
      runnerLabels: [
        ...new Set([...(request.config.runnerLabels ?? []), ...engine.shapeLabels(request.config)]),
      ].sort(),
      onBudget: request.onBudget ?? 'terminate',
      paused: false,
      budgetWarned: 0,
      keyId: actor?.keyId ?? null,
      snapshotWanted: null,
      restoreWanted: null,
      filesRunner: null,
      filesKept: false,
      pendingPermissions: 0,
      permissionDueAt: null,
      waitsSince: null,
      waitingSince: resident ? now : null,
      waitingOrder: resident ? now : null,
      waitingTold: null,
      waitingReason: null,
      restoreRequest: null,
    };
    session.nextDeadlineAt = nextDeadline(session, policy);
    const earlier = await takeOnce(tx, creating(tenant), once, {
      sessionId: session.id,
      turnId: null,
      answer: viewCreated(session, notices),
    });
    const committed: Committed = {
      session,
      at: now,
      events: [],
      given: [],
      stopped: [],
      answered: [],
      ended: [],
      release: false,
      released: false,
      deleted: false,
      owed: 0,
    };
    if (earlier !== null) return { committed, replayed: earlier.answer };
    if (actor !== null) await checkSessionQuotas(tx, session, actor.limits);
    await insertSession(tx, session);
    // Its own from the start: what becomes of the session that it was taken of does not touch it.
    if (from !== undefined && 'snapshot' in from)
      await copySnapshot(tx, from.snapshot, { id: newId('snap'), reason: 'forked', sessionId: session.id });
    await insertAgents(tx, await agentsOf(tx, session, agentNames(request.config, policy), source));
    if (source !== null) await copyTranscripts(tx, source.id, session.id);
    const created: NewEvent = {
      type: 'session.created',
      at: now,
      agent: null,
      turnId: null,
      data: { pattern: session.pattern, status: session.status, resumedFrom: session.resumedFrom },
    };
    const outgoing = { tenant, messages: webhookMessages(session, 0, [created]) };
    Object.assign(committed, await appendEvents(tx, session.id, 0, [created], outgoing));
    await record(tx, { target: session.id, after: auditedOf(session) });
    return { committed, replayed: null };
  });
  if (replayed === null) asNobody(() => engine.signals.emit('committed', committed));
  return { session: committed.session, notices, replayed };
}
