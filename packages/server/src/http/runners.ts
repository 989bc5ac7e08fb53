import { z } from 'zod';
import { type RunnerState, runners } from '../sessions/placement.ts';
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
    serverId: z.string().nullable().describe('The server that holds its connection.'),
    joinedAt: z.iso.datetime(),
    leaseExpiresAt: z.iso.datetime(),
  })
  .meta({ id: 'Runner' });

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
        summary: 'List runners: where they are connected, what they hold and whether they are being emptied',
        response: { 200: z.object({ runners: z.array(runnerView) }), ...problems(503) },
      },
    },
    async () => ({ runners: (await runners(engine)).map(viewRunner) }),
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
