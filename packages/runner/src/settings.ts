import { resolve } from 'node:path';
import { z } from 'zod';
import { Exceptions } from './protocol/addresses.ts';
import type { LeastFree } from './resources/pressure.ts';
import type { Isolation } from './sandbox/index.ts';
import { DEFAULT_RESOURCES } from './sandbox/resources.ts';

const optionalText = z
  .string()
  .optional()
  .transform((text) => (text === undefined || text.trim() === '' ? undefined : text.trim()));
const listed = (text: string): string[] => text.split(',').flatMap((one) => (one.trim() === '' ? [] : [one.trim()]));
const orNone = (number: z.ZodType<number>, otherwise: number | null) =>
  z
    .literal('')
    .transform(() => null)
    .or(number)
    .default(otherwise);

/** How agents are kept apart. */
const sandboxSettings = {
  RIGGER_ISOLATION: z.enum(['auto', 'none', 'bubblewrap', 'docker', 'pod']).default('auto'),
  /** A container engine's Unix socket; else what DOCKER_HOST says, else Docker's own. */
  RIGGER_DOCKER_SOCKET: optionalText,
  DOCKER_HOST: optionalText,
  RIGGER_DOCKER_IMAGE: optionalText,
  /** Images that sessions may name, separated by commas. */
  RIGGER_DOCKER_IMAGES: z.string().default('').transform(listed),
  RIGGER_DOCKER_RUNTIME: optionalText,
  /** What one sandbox may take; empty: as much as there is. */
  RIGGER_SANDBOX_MEMORY_BYTES: orNone(
    z.coerce
      .number()
      .int()
      .min(64 * 1024 ** 2),
    DEFAULT_RESOURCES.memoryBytes,
  ),
  RIGGER_SANDBOX_CPUS: orNone(z.coerce.number().min(0.01), DEFAULT_RESOURCES.cpus),
  RIGGER_SANDBOX_PIDS: z.coerce.number().int().min(32).default(DEFAULT_RESOURCES.processes),
};

/** A runner's settings, from the environment. */
const settingsSchema = z.object({
  /** Where the servers are: addresses separated by commas, tried in turn, or a file in which a server of this machine keeps its own. */
  RIGGER_SERVER_URL: z
    .string()
    .default('')
    .transform((text) => text.split(',').flatMap((url) => (url.trim() === '' ? [] : [url.trim()])))
    .pipe(z.array(z.url({ protocol: /^https?$/ }))),
  RIGGER_SERVER_FILE: z.string().optional(),
  RIGGER_RUNNER_TOKEN: z.string().min(1),
  /** Default: made once and kept in the data folder. */
  RIGGER_RUNNER_ID: z.string().min(1).optional(),
  RIGGER_DATA_DIR: z
    .string()
    .min(1)
    .default('./.rigger')
    .transform((path) => resolve(path)),
  ...sandboxSettings,
  /** Private addresses and ranges that sessions may reach. */
  RIGGER_EGRESS_PRIVATE: z
    .string()
    .default('')
    .transform((text, context) => {
      try {
        return new Exceptions(text.split(',').flatMap((range) => (range.trim() === '' ? [] : [range.trim()])));
      } catch (error) {
        context.addIssue({ code: 'custom', message: (error as Error).message });
        return z.NEVER;
      }
    }),
  RIGGER_RUNNER_CAPACITY: z.coerce.number().int().min(1).default(64),
  /** What is to stay free of the memory that it may use: bytes, or a share as `5%`. */
  RIGGER_RUNNER_MIN_FREE_BYTES: z
    .string()
    .regex(/^(\d+|\d{1,2}(\.\d+)?%)$/, 'bytes, or a share such as 5%')
    .default('5%')
    .transform(
      (text): LeastFree => (text.endsWith('%') ? { share: Number(text.slice(0, -1)) / 100 } : { bytes: Number(text) }),
    ),
  /** An agent's process that has grown beyond this is replaced between two turns. */
  RIGGER_AGENT_RECYCLE_BYTES: z.coerce
    .number()
    .int()
    .min(1)
    .default(1.5 * 1024 ** 3),
  /** How often it is looked at what each session uses. */
  RIGGER_USAGE_INTERVAL_MS: z.coerce.number().int().min(100).max(3_600_000).default(10_000),
  RIGGER_WORKSPACE_MAX_BYTES: z.coerce
    .number()
    .int()
    .min(1)
    .default(10 * 1024 ** 3),
  RIGGER_WORKSPACE_MAX_FILES: z.coerce.number().int().min(1).default(1_000_000),
  /** Agents started beforehand, of all kinds. */
  RIGGER_WARM_SPARES: z.coerce.number().int().min(0).max(1_000).default(2),
  /** Whether it serves one session and ends with it, as in a pod of that session's own. */
  RIGGER_RUNNER_ONCE: z.stringbool().default(false),
  RIGGER_RUNNER_LABELS: z.string().default('').transform(listed),
  RIGGER_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
});
export type RunnerSettings = z.output<typeof settingsSchema>;

/** @throws Error naming each setting that cannot be used. */
export function readRunnerSettings(env: Record<string, string | undefined>): RunnerSettings {
  const parsed = settingsSchema.safeParse(env);
  if (!parsed.success) throw new Error(`These settings cannot be used:\n${z.prettifyError(parsed.error)}`);
  if (parsed.data.RIGGER_SERVER_URL.length === 0 && parsed.data.RIGGER_SERVER_FILE === undefined)
    throw new Error('Set RIGGER_SERVER_URL to the address of a Rigger server.');
  return parsed.data;
}

type SandboxSettings = z.output<z.ZodObject<typeof sandboxSettings>>;

/**
 * What to choose a driver by. `bare`: whether agents may run without isolation although nobody asked for that by name; `scratch`: a
 * folder of the runner's own, for a driver that has to try whether it is seen from elsewhere.
 */
export function isolationOf(
  settings: SandboxSettings,
  { bare, scratch }: { bare: boolean; scratch: string },
): Isolation {
  const host = settings.RIGGER_DOCKER_SOCKET ?? settings.DOCKER_HOST;
  return {
    asked: settings.RIGGER_ISOLATION,
    bare,
    docker: {
      ...(host === undefined ? {} : { socketPath: host.replace(/^unix:\/\//, '') }),
      ...(settings.RIGGER_DOCKER_IMAGE === undefined ? {} : { image: settings.RIGGER_DOCKER_IMAGE }),
      images: settings.RIGGER_DOCKER_IMAGES,
      ...(settings.RIGGER_DOCKER_RUNTIME === undefined ? {} : { runtime: settings.RIGGER_DOCKER_RUNTIME }),
      scratch,
    },
    resources: {
      memoryBytes: settings.RIGGER_SANDBOX_MEMORY_BYTES,
      cpus: settings.RIGGER_SANDBOX_CPUS,
      processes: settings.RIGGER_SANDBOX_PIDS,
    },
  };
}

/** As `isolationOf`, from an environment. @throws Error naming each setting that cannot be used. */
export function readIsolation(
  env: Record<string, string | undefined>,
  where: { bare: boolean; scratch: string },
): Isolation {
  const parsed = z.object(sandboxSettings).safeParse(env);
  if (!parsed.success) throw new Error(`These settings cannot be used:\n${z.prettifyError(parsed.error)}`);
  return isolationOf(parsed.data, where);
}
