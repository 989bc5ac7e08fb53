import { describe, expect, test } from 'vitest';
import { INSTALLATION_LABEL, podManifest, revisionOf } from './manifest.ts';
import { labelOf, profileSchema, readProfiles, shapeOf } from './profiles.ts';
import { warmTarget, withMore } from './warmth.ts';

const profiles = new Map([
  ['default', profileSchema.parse({ image: 'rigger:1', images: ['data:1'], memoryMb: 2048, cpus: 2 })],
  ['large', profileSchema.parse({ image: 'rigger:1', labels: ['large'], memoryMb: 8192 })],
]);

describe('a session’s pod', () => {
  test('is of the first profile that has its labels', () => {
    expect(shapeOf({}, profiles)?.profile).toBe('default');
    expect(shapeOf({ runnerLabels: ['large'] }, profiles)?.profile).toBe('large');
  });

  test('is none where no profile has them: a machine that joined by itself may', () => {
    expect(shapeOf({ runnerLabels: ['gpu'] }, profiles)).toBeNull();
  });

  test('is one that waits where the session asks for nothing of its own, and one made for it where it does', () => {
    const plain = shapeOf({ resources: { memoryMb: 2048 } }, profiles)!;
    expect(labelOf(plain)).toBe('pod:default');
    const small = labelOf(shapeOf({ resources: { memoryMb: 512 } }, profiles)!);
    expect(small).toMatch(/^pod:default\/[0-9a-f]{12}$/);
    expect(labelOf(shapeOf({ resources: { memoryMb: 512 } }, profiles)!)).toBe(small);
    expect(labelOf(shapeOf({ image: 'data:1' }, profiles)!)).not.toBe(small);
  });

  test('has no more than its profile, and none but its images', () => {
    expect(() => shapeOf({ resources: { memoryMb: 4096 } }, profiles)).toThrow(/2048 MiB/);
    expect(() => shapeOf({ image: 'evil:1' }, profiles)).toThrow(
      expect.objectContaining({ code: 'image_not_allowed' }),
    );
  });
});

test('a session that names secrets gets a pod only of a profile that allows it', () => {
  const config = { secrets: [{ name: 'token' }] } as Parameters<typeof shapeOf>[0];
  expect(() => shapeOf(config, profiles)).toThrow(expect.objectContaining({ code: 'unsupported_option' }));
  const trusting = new Map([...profiles, ['trusted', profileSchema.parse({ image: 'rigger:1', secrets: true })]]);
  expect(shapeOf(config, trusting)?.profile).toBe('trusted');
});

test('without a file there is one profile, and settings that are wrong are named', () => {
  expect(readProfiles(undefined, { image: 'rigger:1', warm: 2 }).get('default')).toMatchObject({
    image: 'rigger:1',
    warm: { min: 0, max: 2 },
  });
  expect(() => readProfiles(undefined, { warm: 0 })).toThrow(/RIGGER_KUBERNETES_IMAGE/);
});

describe('a pod’s manifest', () => {
  const profile = profileSchema.parse({
    image: 'rigger:1',
    runtimeClassName: 'gvisor',
    nodeSelector: { pool: 'agents' },
  });
  const order = {
    name: 'rigger-default-1',
    profile,
    shape: { profile: 'default', image: null, memoryMb: 512, cpus: null },
    installation: 'abc',
    serverUrl: 'http://10.0.0.1:3334',
    token: 'its-own',
  };
  const { spec, metadata } = podManifest(order);
  const [container] = spec!.containers;

  test('is what the restricted Pod Security Standard asks for', () => {
    expect(spec?.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(container?.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    for (const shared of ['hostNetwork', 'hostPID', 'hostIPC']) expect(spec).not.toHaveProperty(shared);
    expect(spec?.volumes?.every((volume) => volume.emptyDir?.sizeLimit !== undefined)).toBe(true);
  });

  test('has no account of the cluster, no secret, and no variable but its runner’s own', () => {
    expect(spec).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false });
    expect(container?.env?.every(({ valueFrom }) => valueFrom === undefined)).toBe(true);
    expect(container?.envFrom).toBeUndefined();
    expect(container?.env?.map(({ name }) => name).filter((name) => !/^(RIGGER_|HOME$)/.test(name))).toEqual([]);
  });

  test('has what its session asked for, and where its profile says', () => {
    expect(container?.resources?.limits).toMatchObject({ memory: '512Mi', cpu: '2000m' });
    expect(spec).toMatchObject({
      runtimeClassName: 'gvisor',
      nodeSelector: { pool: 'agents' },
      restartPolicy: 'Never',
    });
    expect(metadata?.labels?.[INSTALLATION_LABEL]).toBe('abc');
  });

  test('is another one when its profile is, unless only the number that waits is', () => {
    expect(revisionOf({ ...profile, image: 'rigger:2' })).not.toBe(revisionOf(profile));
    expect(revisionOf({ ...profile, warm: { ...profile.warm, max: 9 } })).toBe(revisionOf(profile));
  });
});

describe('pods that wait', () => {
  const warm = { min: 0, max: 20, refillMs: 15_000, maxAgeMs: 3_600_000 };

  test('are none where nobody came for long, and one soon after the first session', () => {
    expect(warmTarget(warm, undefined, 0)).toBe(0);
    const once = withMore(undefined, 1, 0);
    expect(warmTarget(warm, once, 1_000)).toBe(1);
    expect(warmTarget(warm, once, 30 * 60_000)).toBe(0);
  });

  test('follow demand, between what the profile says at least and at most', () => {
    // A session each second, for an hour: 15 come while a pod comes up.
    let demand = withMore(undefined, 1, 0);
    for (let second = 1; second < 3_600; second += 1) demand = withMore(demand, 1, second * 1_000);
    expect(warmTarget(warm, demand, 3_600_000)).toBe(20);
    expect(warmTarget({ ...warm, max: 100 }, demand, 3_600_000)).toBeGreaterThanOrEqual(22);
    expect(warmTarget({ ...warm, min: 3 }, undefined, 0)).toBe(3);
  });
});
