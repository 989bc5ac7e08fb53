import { z } from 'zod';
import { type ResourcesView, resourcesView } from '../model/residence.ts';
import { queue } from '../sessions/residence.ts';
import { type RunnerState, runners } from '../sessions/runners.ts';
import type { App, Parts } from './parts.ts';
import { problems } from './schemas.ts';

const runnerView = z
  .object({
    id: z.string(),
    state: z
      .enum(['ready', 'draining', 'disconnected', 'lost'])
      .describe('`disconnected`: its sessions wait for it until `leaseExpiresAt`; `lost`: they go on elsewhere.'),
    version: z.string(),
    isolation: z.string(),
    labels: z.array(z.string()),
    capacity: z.int().describe('Sessions that it may hold at once.'),
    sessions: z.int().describe('Sessions that it holds.'),
    draining: z.boolean(),
    warm: z
      .object({ spares: z.int(), hits: z.int(), misses: z.int() })
      .nullable()
      .describe(
        'Agents that wait for a session; sessions that took one over since it started, and those that had to start one.',
      ),
    memory: z
      .object({
        availableBytes: z.int().describe('What the runner may still use, of its machine or its cgroup.'),
        totalBytes: z.int(),
        short: z
          .boolean()
          .describe('It is less than is to stay free: nothing is placed here, and idle sessions are parked.'),
      })
      .nullable(),
    resources: resourcesView.nullable().describe('What all its sessions use.'),
    serverId: z.string().nullable().describe('The server that holds its connection.'),
    joinedAt: z.iso.datetime(),
    leaseExpiresAt: z.iso.datetime(),
  })
  .meta({ id: 'Runner' });

const queueView = z
  .object({
    waiting: z.int().describe('Sessions that wait for a place on a runner.'),
    since: z.iso.datetime().nullable().describe('Since when the one that has waited longest waits.'),
  })
  .meta({ id: 'Queue' });

function sumOf({ usage, usageAt }: RunnerState): ResourcesView | null {
  if (usage === null || usageAt === null) return null;
  const all = Object.values(usage);
  const sum = (name: 'memoryBytes' | 'cpuMs' | 'processes') => all.reduce((total, one) => total + one[name], 0);
  return {
    memoryBytes: sum('memoryBytes'),
    cpuMs: sum('cpuMs'),
    processes: sum('processes'),
    at: usageAt.toISOString(),
  };
}

function viewRunner(runner: RunnerState): z.output<typeof runnerView> {
  const { id, version, isolation, labels, capacity, sessions, draining, serverId, live } = runner;
  const present = runner.serverId === null ? 'disconnected' : draining ? 'draining' : 'ready';
  return {
    id,
    state: live ? present : 'lost',
    version,
    isolation,
    labels,
    capacity,
    sessions,
    draining,
    warm: runner.report?.warm ?? null,
    memory: runner.report?.memory ?? null,
    resources: sumOf(runner),
    serverId,
    joinedAt: runner.joinedAt.toISOString(),
    leaseExpiresAt: runner.expiresAt.toISOString(),
  };
}

export function addRunnerRoutes(app: App, { engine, drainRunner }: Parts): void {
  app.get(
    '/api/runners',
    {
      schema: {
        tags: ['runners'],
        summary:
          'List runners: where they are connected, what they hold and use; and how many sessions wait for a place',
        response: { 200: z.object({ runners: z.array(runnerView), queue: queueView }), ...problems(503) },
      },
    },
    async () => ({ runners: (await runners(engine)).map(viewRunner), queue: await queue(engine) }),
  );

  app.post(
    '/api/runners/:id/drain',
    {
      schema: {
        tags: ['runners'],
        summary: 'Empty a runner: nothing new is placed on it, and its sessions move as their turns end',
        params: z.object({ id: z.string().min(1).max(255) }),
        body: z
          .strictObject({ draining: z.boolean().default(true).describe('false lets it be filled again.') })
          .nullish(),
        response: { 200: runnerView, ...problems(400, 404, 503) },
      },
    },
    async (request) => viewRunner(await drainRunner(request.params.id, request.body?.draining ?? true)),
  );
}
