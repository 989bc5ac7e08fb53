/** The one schema that reads the settings, from a JSON file (`RIGGER_CONFIG`) under the environment. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';

const ms = (fallback: number, max = 86_400_000) => z.coerce.number().int().min(0).max(max).default(fallback);
const optionalText = z
  .string()
  .optional()
  .transform((value) => (value === undefined || value.trim() === '' ? undefined : value.trim()));

/** A pattern whose ended sessions are kept until somebody deletes them, unless told otherwise. */
const retention = z
  .literal('')
  .transform(() => undefined)
  .or(z.coerce.number().int().min(0).max(31_536_000_000))
  .optional()
  .describe('How long an ended session of this pattern is kept; empty: until somebody deletes it.');

export const settingsSchema = z.object({
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3333),
  DATABASE_URL: optionalText.describe('Empty: a PostgreSQL of Rigger’s own under the data folder.'),
  RIGGER_DATA_DIR: z
    .string()
    .min(1)
    .default('./.rigger')
    .transform((path) => resolve(path)),
  ANTHROPIC_API_KEY: optionalText,
  ANTHROPIC_BASE_URL: optionalText.pipe(z.url().optional()),
  RIGGER_UPSTREAMS: optionalText.describe(
    'A JSON file of several model endpoints, in place of the two above: `[{"name", "url", "apiKeyEnv", "weight", "concurrency"}]`.',
  ),
  RIGGER_UPSTREAM_CONCURRENCY: z.coerce
    .number()
    .int()
    .min(1)
    .max(100_000)
    .default(256)
    .describe('Model calls under way at a time at one endpoint; others wait, and sessions take turns.'),
  RIGGER_UPSTREAM_TIMEOUT_MS: z.coerce
    .number()
    .int()
    .min(1_000)
    .max(3_600_000)
    .default(600_000)
    .describe('How long a model endpoint may be silent, before its answer and within it.'),
  RIGGER_PRICES: optionalText.describe(
    'A JSON file of prices that go before the built-in ones: `{"models": {"NAME": {"input", "output", …}}, "default": {…}}`.',
  ),
  RIGGER_UNKNOWN_MODELS: z
    .enum(['dearest', 'refuse'])
    .default('dearest')
    .describe('A model without a price costs what the dearest one does, or is not called.'),
  RIGGER_ISOLATION: z.enum(['auto', 'none', 'bubblewrap']).default('auto'),
  RIGGER_EPHEMERAL_RETENTION_MS: ms(60_000, 31_536_000_000).describe('How long a finished ephemeral session is kept.'),
  RIGGER_LONG_RUNNING_RETENTION_MS: retention,
  RIGGER_HYBRID_RETENTION_MS: retention,
  RIGGER_SINGLE_CONTAINER_RETENTION_MS: retention,
  RIGGER_SWEEP_INTERVAL_MS: z.coerce.number().int().min(100).max(60_000).default(5_000),
  RIGGER_HYBRID_PARK_AFTER_MS: ms(300_000).describe('When an idle hybrid session without maxIdleTimeMs is parked.'),
  RIGGER_LEASE_MS: z.coerce.number().int().min(2_000).max(600_000).default(15_000),
  RIGGER_RUNNER_CAPACITY: z.coerce
    .number()
    .int()
    .min(1)
    .default(64)
    .describe('Sessions that the local runner holds at once.'),
  RIGGER_RUNNER_TOKEN: optionalText.describe('What runners show; empty: one is made and kept in the data folder.'),
  RIGGER_LOCAL_RUNNER: z.stringbool().default(true).describe('Whether to start a runner beside the server.'),
  RIGGER_SOURCE_FOLDERS: z
    .string()
    .default('')
    .transform((text) => text.split(':').filter((folder) => folder !== ''))
    .describe('Folders, separated by colons, below which `config.source.path` may lie.'),
  RIGGER_MAX_BODY_BYTES: z.coerce
    .number()
    .int()
    .min(1_024)
    .default(20 * 1024 * 1024),
  RIGGER_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
});
export type Settings = z.output<typeof settingsSchema>;

/** Reads the settings; throws an Error that names each setting that is wrong and what it may be. */
export function readSettings(env: Record<string, string | undefined>): Settings {
  const file = env.RIGGER_CONFIG === undefined ? {} : (JSON.parse(readFileSync(env.RIGGER_CONFIG, 'utf8')) as object);
  const parsed = settingsSchema.safeParse({ ...file, ...env });
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`These settings cannot be used:\n${lines.join('\n')}`);
}
