/**
 * Profiles: what kinds of pods there are, and which of them a session gets. Pure.
 *
 * What a session needs of its pod becomes one more label that its runner must have; so the rules that place sessions on runners place
 * them on pods too, a pod for one kind is never taken by another, and each kind has a queue of its own.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { SessionConfig } from '../model/config.ts';
import { RiggerError } from '../model/errors.ts';

const quantity = z.record(z.string(), z.union([z.string(), z.number()]));

export const profileSchema = z.strictObject({
  image: z.string().min(1).optional().describe('What its pods run; built on Rigger’s own image.'),
  images: z.array(z.string()).default([]).describe('Other images that `config.image` may name.'),
  labels: z.array(z.string()).default([]).describe('What `config.runnerLabels` may ask for.'),
  memoryMb: z.number().min(128).default(2_048).describe('The limit of a pod, and the most that a session may ask for.'),
  cpus: z.number().min(0.05).default(2),
  requests: z
    .strictObject({ memoryMb: z.number().min(64).optional(), cpus: z.number().min(0.01).optional() })
    .default({})
    .describe('What is reserved of a node; by default half of the memory and a quarter of the processors.'),
  limits: quantity.default({}).describe('Further resources, such as `nvidia.com/gpu`.'),
  workspaceMb: z.number().min(16).default(10_240).describe('How large a pod’s files may grow before it is evicted.'),
  runtimeClassName: z.string().optional(),
  priorityClassName: z.string().optional(),
  nodeSelector: z.record(z.string(), z.string()).default({}),
  tolerations: z.array(z.looseObject({ key: z.string().optional() })).default([]),
  imagePullSecrets: z.array(z.string()).default([]),
  annotations: z.record(z.string(), z.string()).default({}),
  podLabels: z
    .record(z.string(), z.string())
    .default({})
    .describe('Further labels, as for a NetworkPolicy of its own.'),
  graceSeconds: z.int().min(5).default(60).describe('How long a pod has to save its session’s files.'),
  secrets: z
    .boolean()
    .default(false)
    .describe('Whether its sessions may name secrets of the vault: what runs in a pod can get at their values there.'),
  warm: z
    .strictObject({
      min: z.int().min(0).default(0).describe('Pods that wait whatever happens; 0: none where nobody came for long.'),
      max: z.int().min(0).default(0).describe('Pods that wait at most.'),
      refillMs: z
        .int()
        .min(100)
        .default(15_000)
        .describe('How long a pod takes to come up: what is kept covers that time.'),
      maxAgeMs: z.int().min(60_000).default(3_600_000).describe('A pod that has waited for longer is replaced.'),
    })
    .default({ min: 0, max: 0, refillMs: 15_000, maxAgeMs: 3_600_000 }),
});
export type Profile = z.output<typeof profileSchema>;
export type Profiles = ReadonlyMap<string, Profile>;

const profilesSchema = z.record(z.string().regex(/^[a-z0-9]([a-z0-9-]{0,28}[a-z0-9])?$/), profileSchema);

/** Reads the profiles of a file, or makes the one there is without. @throws Error naming each member that is wrong. */
export function readProfiles(
  file: string | undefined,
  fallback: { image?: string | undefined; warm: number },
): Profiles {
  const raw = file === undefined ? { default: {} } : (JSON.parse(readFileSync(file, 'utf8')) as unknown);
  const parsed = profilesSchema.safeParse(raw);
  if (!parsed.success) throw new Error(`The profiles in ${file} cannot be used:\n${z.prettifyError(parsed.error)}`);
  const profiles = new Map<string, Profile>();
  for (const [name, profile] of Object.entries(parsed.data)) {
    const image = profile.image ?? fallback.image;
    if (image === undefined) throw new Error(`Set RIGGER_KUBERNETES_IMAGE, or the image of the profile ${name}.`);
    const warm =
      profile.warm.max > 0 || file !== undefined ? profile.warm : { ...profile.warm, min: 0, max: fallback.warm };
    profiles.set(name, { ...profile, image, warm: { ...warm, max: Math.max(warm.min, warm.max) } });
  }
  if (profiles.size === 0) throw new Error(`${file} has no profile.`);
  return profiles;
}

/** What a pod is made for: a profile, and where a session asked for less or for another image, what it asked for. */
export interface Shape {
  profile: string;
  image: string | null;
  memoryMb: number | null;
  cpus: number | null;
}

const PREFIX = 'pod:';
export const isShapeLabel = (label: string): boolean => label.startsWith(PREFIX);

/** The label that a session's runner must have for its shape. */
export function labelOf(shape: Shape): string {
  const { profile, ...own } = shape;
  if (Object.values(own).every((value) => value === null)) return `${PREFIX}${profile}`;
  const hash = createHash('sha256').update(JSON.stringify(own)).digest('hex').slice(0, 12);
  return `${PREFIX}${profile}/${hash}`;
}

/** All labels of a pod's runner. */
export const labelsOf = (shape: Shape, profile: Profile | undefined): string[] => [
  ...(profile?.labels ?? []),
  labelOf(shape),
];

/**
 * The first profile that has a session's labels and lets it have its image, and what it asks of it. Null where no profile has its labels:
 * it is for a machine that joined by itself.
 * @throws RiggerError `image_not_allowed`, `resources_not_allowed`; `unsupported_option` for secrets where no profile has them.
 */
export function shapeOf(config: SessionConfig, profiles: Profiles): Shape | null {
  const { runnerLabels = [], image, resources, secrets = [], source } = config;
  const labelled = [...profiles].filter(([, profile]) => runnerLabels.every((label) => profile.labels.includes(label)));
  if (labelled.length === 0) return null;
  const named = secrets.length > 0 || (source !== undefined && 'git' in source && source.secret !== undefined);
  const trusted = labelled.filter(([, profile]) => !named || profile.secrets);
  if (trusted.length === 0)
    throw new RiggerError('unsupported_option', {
      detail:
        'In a pod an agent could get at the values of its session’s secrets. A profile may allow that; or name labels of a machine that keeps them outside of the sandbox.',
      extra: { members: [secrets.length > 0 ? 'config.secrets' : 'config.source.secret'] },
    });
  const fitting = trusted.find(
    ([, profile]) => image === undefined || image === profile.image || profile.images.includes(image),
  );
  if (fitting === undefined) throw new RiggerError('image_not_allowed', { extra: { image } });
  const [name, profile] = fitting;
  const { memoryMb, cpus } = resources ?? {};
  if ((memoryMb ?? 0) > profile.memoryMb || (cpus ?? 0) > profile.cpus)
    throw new RiggerError('resources_not_allowed', {
      detail: `A session of the profile ${name} may have ${profile.memoryMb} MiB and ${profile.cpus} processors.`,
    });
  return {
    profile: name,
    image: image === undefined || image === profile.image ? null : image,
    memoryMb: memoryMb === undefined || memoryMb === profile.memoryMb ? null : memoryMb,
    cpus: cpus === undefined || cpus === profile.cpus ? null : cpus,
  };
}
