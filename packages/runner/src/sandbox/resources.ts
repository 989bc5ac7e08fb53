/** What a sandbox may have: at most what the operator gives each, less if its session asks for less. Pure. */
import { type Resources, SandboxRefused } from './port.ts';

const MIB = 1024 ** 2;
const WORDS: Record<keyof Resources, { name: string; setting: string; say(value: number): string }> = {
  memoryBytes: {
    name: 'memory',
    setting: 'RIGGER_SANDBOX_MEMORY_BYTES',
    say: (bytes) => `${Math.floor(bytes / MIB)} MiB`,
  },
  cpus: { name: 'CPUs', setting: 'RIGGER_SANDBOX_CPUS', say: String },
  processes: { name: 'processes', setting: 'RIGGER_SANDBOX_PIDS', say: String },
};

/** @throws SandboxRefused when more is asked for than there is to have. */
export function resourcesFor(most: Resources, asked: Partial<Resources> = {}): Resources {
  const given = { ...most };
  for (const key of Object.keys(WORDS) as (keyof Resources)[]) {
    const wanted = asked[key];
    if (wanted === undefined || wanted === null) continue;
    const limit = most[key];
    if (limit !== null && wanted > limit) {
      const { name, setting, say } = WORDS[key];
      throw new SandboxRefused(
        'resources_not_allowed',
        `the session asks for more ${name} (${say(wanted)}) than this runner gives one (${say(limit)}, ${setting})`,
      );
    }
    Object.assign(given, { [key]: wanted });
  }
  return given;
}

/** For a driver that has no images. @throws SandboxRefused for a session that names one. */
export function refuseImage(driver: string, image: string | undefined): void {
  if (image !== undefined)
    throw new SandboxRefused(
      'image_not_allowed',
      `agents do not run in images here, but in ${driver}; there are: none`,
    );
}

/** `4096 MiB of memory, 2 CPUs, 4096 processes`. */
export const described = ({ memoryBytes, cpus, processes }: Resources): string =>
  [
    ...(memoryBytes === null ? [] : [`${WORDS.memoryBytes.say(memoryBytes)} of memory`]),
    ...(cpus === null ? [] : [`${cpus} CPUs`]),
    `${processes} processes`,
  ].join(', ');

export const DEFAULT_RESOURCES: Resources = { memoryBytes: 4 * 1024 ** 3, cpus: 2, processes: 4096 };
