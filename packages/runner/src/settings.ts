import { resolve } from 'node:path';
import { z } from 'zod';

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
  RIGGER_ISOLATION: z.enum(['auto', 'none', 'bubblewrap']).default('auto'),
  RIGGER_RUNNER_CAPACITY: z.coerce.number().int().min(1).default(64),
  RIGGER_RUNNER_LABELS: z
    .string()
    .default('')
    .transform((text) => text.split(',').filter((label) => label !== '')),
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
