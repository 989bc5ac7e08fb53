/** What a server does, as numbers: counted when it is committed, never before. */
import { toUsd } from '../model/money.ts';
import type { Committed, Paid } from '../sessions/committed.ts';
import type { Signals } from '../sessions/engine.ts';
import { isEnded } from '../sessions/transition.ts';
import type { Metrics } from './metrics.ts';

const seconds = (from: Date, to: Date): number => Math.max(0, (to.getTime() - from.getTime()) / 1_000);

/** Counts what is committed. @returns how to stop. */
export function countCommitted(metrics: Metrics, signals: Signals): () => void {
  const count = ({ session, events, ended }: Committed): void => {
    const { pattern } = session;
    metrics.events.inc(events.length);
    for (const { type, data } of events) {
      if (type === 'session.created') metrics.sessionsCreated.inc({ pattern });
      if (type === 'session.status_changed' && data.status === session.status && isEnded(session))
        metrics.sessionsEnded.inc({ pattern, status: session.status, reason: session.statusReason ?? 'none' });
      if (type === 'limit.exceeded') metrics.limits.inc({ limit: String(data.limit) });
      if (type === 'budget.exceeded') metrics.modelRefused.inc({ scope: String(data.scope) });
      if (type === 'egress.refused') metrics.egressRefused.inc();
      if (type === 'permission.answered') metrics.permissions.inc({ status: String(data.status ?? data.behavior) });
    }
    for (const turn of ended) {
      metrics.turns.inc({ pattern, status: turn.status });
      if (turn.startedAt === null) continue;
      metrics.turnWait.observe({ pattern }, seconds(turn.createdAt, turn.startedAt));
      if (turn.finishedAt !== null) metrics.turnSeconds.observe({ pattern }, seconds(turn.startedAt, turn.finishedAt));
    }
  };
  signals.on('committed', count);
  return () => signals.off('committed', count);
}

/** Counts what model calls used and cost, once it is settled. @returns how to stop. */
export function countPaid(metrics: Metrics, signals: Signals): () => void {
  const count = ({ end }: Paid): void => {
    const upstream = end.upstream ?? 'none';
    metrics.modelCalls.inc({ upstream, outcome: end.outcome });
    metrics.modelCost.inc({ upstream }, toUsd(end.cost));
    if (end.firstByteMs !== null) metrics.modelFirstByte.observe({ upstream }, end.firstByteMs / 1_000);
    metrics.modelSeconds.observe({ upstream }, end.totalMs / 1_000);
    for (const [name, tokens] of Object.entries(end.tokens))
      if (tokens > 0) metrics.modelTokens.inc({ upstream, class: name }, tokens);
  };
  signals.on('paid', count);
  return () => signals.off('paid', count);
}
