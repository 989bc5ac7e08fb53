/** What there is, as numbers: read when somebody asks, and not again for a few seconds, whoever else does. */
import { SESSION_PATTERNS, SESSION_STATUSES } from '../model/session.ts';
import type { Database } from '../store/database.ts';
import { countQueue, countSessions } from '../store/gauges.ts';
import { countPods } from '../store/pods.ts';
import { listRunners } from '../store/runners.ts';
import type { Metrics } from './metrics.ts';

const FRESH_MS = 5_000;

export interface Sources {
  metrics: Metrics;
  database: Database;
  streams(): number;
}

/** Makes the page that Prometheus reads. What the database does not tell while it is away is not told as it was. */
export function makeMetricsPage({
  metrics,
  database,
  streams,
}: Sources): () => Promise<{ type: string; text: string }> {
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | null = null;
  const sums = [
    metrics.queuedTurns, metrics.queueAge, metrics.pendingPermissions, metrics.runnerCapacity, metrics.runnerSessions,
    metrics.warmSpares, metrics.warmHits, metrics.warmMisses,
  ]; // biome-ignore format: a list

  async function read(): Promise<void> {
    const [sessions, queue, runners, pods] = await Promise.all([
      countSessions(database.db),
      countQueue(database.db),
      listRunners(database.db),
      countPods(database.db),
    ]);
    metrics.sessions.reset();
    for (const pattern of SESSION_PATTERNS)
      for (const status of SESSION_STATUSES) metrics.sessions.set({ pattern, status }, 0);
    for (const { pattern, status, present } of sessions) metrics.sessions.set({ pattern, status }, present);
    metrics.queuedTurns.set(queue.turns);
    metrics.queueAge.set(queue.oldestSeconds);
    metrics.pendingPermissions.set(queue.permissions);
    const live = runners.filter((runner) => runner.live);
    metrics.runners.set({ state: 'ready' }, live.filter((runner) => !runner.draining).length);
    metrics.runners.set({ state: 'draining' }, live.filter((runner) => runner.draining).length);
    // Where there are none, there is nothing to say of them.
    metrics.pods.reset();
    for (const { state, count } of pods) metrics.pods.set({ state }, count);
    const sum = (of: (runner: (typeof live)[number]) => number) =>
      live.reduce((total, runner) => total + of(runner), 0);
    metrics.runnerCapacity.set(sum((runner) => runner.capacity));
    metrics.runnerSessions.set(sum((runner) => runner.sessions));
    metrics.warmSpares.set(sum((runner) => runner.report?.warm?.spares ?? 0));
    metrics.warmHits.set(sum((runner) => runner.report?.warm?.hits ?? 0));
    metrics.warmMisses.set(sum((runner) => runner.report?.warm?.misses ?? 0));
  }

  return async () => {
    if (performance.now() - readAt > FRESH_MS)
      reading ??= read()
        .then(
          () => {
            readAt = performance.now();
          },
          () => {
            for (const gauge of [metrics.sessions, metrics.runners, metrics.pods]) gauge.reset();
            for (const gauge of sums) gauge.set(Number.NaN);
          },
        )
        .finally(() => {
          reading = null;
        });
    await reading;
    metrics.streams.set(streams());
    const { totalCount, idleCount, waitingCount } = database.pool;
    metrics.connections.set({ state: 'used' }, totalCount - idleCount);
    metrics.connections.set({ state: 'idle' }, idleCount);
    metrics.connections.set({ state: 'waited_for' }, waitingCount);
    return { type: metrics.registry.contentType, text: await metrics.registry.metrics() };
  };
}
