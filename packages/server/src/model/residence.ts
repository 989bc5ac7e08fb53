/** Where a session is: the queue for a place on a runner, and what it uses once it has one. */
import { z } from 'zod';

export const WAITING_REASONS = [
  'runners_full',
  'its_runner_full',
  'runners_short_of_memory',
  'runners_draining',
  'no_runner_with_labels',
  'no_runner_connected',
  'pod_starting',
] as const;
export type WaitingReason = (typeof WAITING_REASONS)[number];

export const waitingView = z
  .object({
    position: z.int().positive().describe('Among those that wait for a runner with the same labels; 1 is next.'),
    since: z.iso.datetime(),
    reason: z
      .enum(WAITING_REASONS)
      .describe(
        '`its_runner_full`: its files are on one runner alone, and that is full. `no_runner_with_labels`: none is connected that has all of `config.runnerLabels`. `pod_starting`: Kubernetes is bringing up its pod.',
      ),
  })
  .meta({ id: 'Waiting' });
export type WaitingView = z.infer<typeof waitingView>;

export const resourcesView = z
  .object({
    memoryBytes: z
      .int()
      .describe('Of all its processes; a page that several processes share counts for each by its part.'),
    cpuMs: z.int().describe('Processor time of its processes since its runner has it.'),
    processes: z.int(),
    at: z.iso.datetime().describe('When it was measured.'),
  })
  .meta({ id: 'Resources' });
export type ResourcesView = z.infer<typeof resourcesView>;
