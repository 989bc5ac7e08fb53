import { expect, test } from 'vitest';
import { observe, type PodJson } from './observe.ts';

const pod = (status: PodJson['status'], metadata: Partial<PodJson['metadata']> = {}): PodJson => ({
  metadata: { name: 'p', ...metadata },
  status: status ?? {},
});
const terminated = (state: { exitCode?: number; signal?: number; reason?: string }) => [
  { state: { terminated: state } },
];

test.each([
  ['deleted', pod({ phase: 'Running' }, { deletionTimestamp: 'now' }), 'deleted'],
  ['evicted by the kubelet', pod({ phase: 'Failed', reason: 'Evicted', message: 'low on memory' }), 'evicted'],
  [
    'evicted, as by a drain',
    pod(
      {
        phase: 'Running',
        conditions: [
          { type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI', message: 'evicting' },
        ],
      },
      { deletionTimestamp: 'now' },
    ),
    'evicted',
  ],
  [
    'out of memory',
    pod({ phase: 'Failed', containerStatuses: terminated({ exitCode: 137, reason: 'OOMKilled' }) }),
    'out_of_memory',
  ],
  ['on a node that is gone', pod({ phase: 'Failed', reason: 'NodeLost' }), 'node_lost'],
  ['ended by itself', pod({ phase: 'Succeeded', containerStatuses: terminated({ exitCode: 0 }) }), 'container_ended'],
])('a pod that is %s says so', (_what, json, reason) => {
  expect(observe(json).end?.reason).toBe(reason);
});

test('a pod for which there is no room has the scheduler’s own words', () => {
  const message = '0/3 nodes are available: 3 Insufficient memory.';
  expect(
    observe(pod({ phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', message }] })),
  ).toMatchObject({
    ended: false,
    problem: { code: 'pod_unschedulable', message },
  });
});

test('an image that cannot be had is told from a pod that is only coming up', () => {
  const waiting = (reason: string) =>
    pod({ phase: 'Pending', containerStatuses: [{ state: { waiting: { reason } } }] });
  expect(observe(waiting('ImagePullBackOff')).problem?.code).toBe('pod_image_unavailable');
  expect(observe(waiting('CreateContainerConfigError')).problem?.code).toBe('pod_not_started');
  expect(observe(waiting('ContainerCreating')).problem).toBeNull();
});
