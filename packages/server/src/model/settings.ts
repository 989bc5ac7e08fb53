/** The one schema that reads the settings, from a JSON file (`RIGGER_CONFIG`) under the environment. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Exceptions } from '@rigger/runner/protocol';
import { z } from 'zod';

const ms = (fallback: number, max = 86_400_000) => z.coerce.number().int().min(0).max(max).default(fallback);
const optionalText = z
  .string()
  .optional()
  .transform((value) => (value === undefined || value.trim() === '' ? undefined : value.trim()));

/** Addresses and ranges such as `10.1.0.0/16`, separated by commas. */
const addressRanges = z
  .string()
  .default('')
  .transform((text, context) => {
    try {
      return new Exceptions(text.split(',').flatMap((range) => (range.trim() === '' ? [] : [range.trim()])));
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
      return z.NEVER;
    }
  });

/** A limit on callers that show a key. */
const mostOf = (fallback: number | null) =>
  z
    .literal('')
    .transform(() => null)
    .or(z.coerce.number().int().min(0).max(1_000_000_000))
    .default(fallback as number);

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
  RIGGER_LEDGER_RETENTION_MS: z
    .literal('')
    .transform(() => undefined)
    .or(
      z.coerce
        .number()
        .int()
        .min(86_400_000)
        .default(90 * 86_400_000),
    )
    .describe('How long single model calls are kept in the ledger; empty: for ever. Hourly sums stay.'),
  RIGGER_SNAPSHOT_STORE: optionalText.describe(
    'Where snapshots are kept: `folder:/path`, `s3://bucket/prefix` or `none`; empty: a folder below the data folder.',
  ),
  RIGGER_SNAPSHOT_ENCRYPTION: z
    .stringbool()
    .default(false)
    .describe('Whether they are encrypted, with a key made from the vault’s.'),
  RIGGER_SNAPSHOTS_KEPT: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(3)
    .describe('How many snapshots that were taken by themselves are kept of a session.'),
  RIGGER_SNAPSHOTS_MAX: z.coerce
    .number()
    .int()
    .min(1)
    .max(100_000)
    .default(100)
    .describe('How many snapshots that were asked for a session may have.'),
  RIGGER_CHECKPOINTS_KEPT: z.coerce
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(50)
    .describe('How many of those that are taken before turns, with enableFileCheckpointing, are kept of a session.'),
  RIGGER_S3_ENDPOINT: optionalText.pipe(z.url().optional()).describe('Of a bucket elsewhere than at AWS.'),
  AWS_REGION: optionalText,
  AWS_ACCESS_KEY_ID: optionalText,
  AWS_SECRET_ACCESS_KEY: optionalText,
  RIGGER_VAULT_KEY: optionalText.describe(
    'What seals the secrets of /api/secrets: 32 bytes in base64 or hex; former ones after commas. With an embedded database one is made and kept in the data folder.',
  ),
  RIGGER_VAULT_KEY_FILE: optionalText.describe('A file with the same, in its place.'),
  RIGGER_EGRESS_PRIVATE: z
    .string()
    .default('')
    .describe(
      'Addresses and ranges, separated by commas, that sessions may reach although they are private: `10.1.0.0/16`.',
    ),
  RIGGER_WEBHOOK_PRIVATE: addressRanges.describe(
    'Addresses and ranges, separated by commas, that webhooks may be sent to although they are private.',
  ),
  RIGGER_WEBHOOK_HTTP: z.stringbool().default(false).describe('Whether webhooks may be sent without TLS.'),
  RIGGER_WEBHOOK_RETRY_FIRST_MS: z.coerce
    .number()
    .int()
    .min(10)
    .max(3_600_000)
    .default(5_000)
    .describe(
      'The pause after the first attempt of a delivery; each one after it is three times as long, up to 4 hours.',
    ),
  RIGGER_WEBHOOK_RETRY_FOR_MS: ms(86_400_000, 30 * 86_400_000).describe('For how long a delivery is tried.'),
  RIGGER_ISOLATION: z.enum(['auto', 'none', 'bubblewrap', 'docker', 'pod']).default('auto'),
  RIGGER_DOCKER_SOCKET: optionalText.describe(
    'The container engine’s Unix socket; else what DOCKER_HOST says, else Docker’s.',
  ),
  RIGGER_DOCKER_IMAGE: optionalText.describe('What sessions run in that name no image of their own.'),
  RIGGER_DOCKER_IMAGES: z.string().default('').describe('Images that sessions may name, separated by commas.'),
  RIGGER_DOCKER_RUNTIME: optionalText.describe('The engine’s runtime for them, such as `runsc`.'),
  RIGGER_SANDBOX_MEMORY_BYTES: z
    .literal('')
    .or(
      z.coerce
        .number()
        .int()
        .min(64 * 1024 ** 2),
    )
    .default(4 * 1024 ** 3)
    .describe('How much memory one sandbox may take; empty: as much as there is.'),
  RIGGER_SANDBOX_CPUS: z
    .literal('')
    .or(z.coerce.number().min(0.01))
    .default(2)
    .describe('How many CPUs’ time; empty: all.'),
  RIGGER_SANDBOX_PIDS: z.coerce.number().int().min(32).default(4096).describe('How many processes and threads.'),
  RIGGER_EPHEMERAL_RETENTION_MS: ms(60_000, 31_536_000_000).describe('How long a finished ephemeral session is kept.'),
  RIGGER_LONG_RUNNING_RETENTION_MS: retention,
  RIGGER_HYBRID_RETENTION_MS: retention,
  RIGGER_SINGLE_CONTAINER_RETENTION_MS: retention,
  RIGGER_SWEEP_INTERVAL_MS: z.coerce.number().int().min(100).max(60_000).default(5_000),
  RIGGER_HYBRID_PARK_AFTER_MS: ms(300_000).describe('When an idle hybrid session without maxIdleTimeMs is parked.'),
  RIGGER_PERMISSION_TIMEOUT_MS: ms(86_400_000, 315_360_000_000).describe(
    'How long a tool waits for a person’s leave before it is refused; 0: nobody is asked. `config.permissionTimeoutMs` goes before it.',
  ),
  RIGGER_LEASE_MS: z.coerce.number().int().min(2_000).max(600_000).default(15_000),
  RIGGER_RUNNER_CAPACITY: z.coerce
    .number()
    .int()
    .min(1)
    .default(64)
    .describe('Sessions that the local runner holds at once.'),
  RIGGER_RUNNER_MIN_FREE_BYTES: z
    .string()
    .regex(/^(\d+|\d{1,2}(\.\d+)?%)$/, 'bytes, or a share such as 5%')
    .default('5%')
    .describe('What is to stay free of the memory that the local runner may use: bytes, or a share.'),
  RIGGER_AGENT_RECYCLE_BYTES: z.coerce
    .number()
    .int()
    .min(1)
    .default(1.5 * 1024 ** 3)
    .describe('An agent’s process that uses more is replaced between two turns.'),
  RIGGER_USAGE_INTERVAL_MS: z.coerce
    .number()
    .int()
    .min(100)
    .max(3_600_000)
    .default(10_000)
    .describe('How often the local runner looks at what each session uses.'),
  RIGGER_WORKSPACE_MAX_BYTES: z.coerce
    .number()
    .int()
    .min(1)
    .default(10 * 1024 ** 3)
    .describe('How much files may be put into a workspace through the API, with what is there.'),
  RIGGER_WORKSPACE_MAX_FILES: z.coerce.number().int().min(1).default(1_000_000),
  RIGGER_ADVERTISE_URL: optionalText
    .pipe(z.url().optional())
    .describe('Where other servers over the same database reach this one; by default from HOST and PORT.'),
  RIGGER_WARM_SPARES: z.coerce
    .number()
    .int()
    .min(0)
    .max(1_000)
    .default(2)
    .describe('Agents that the local runner starts beforehand, of the kinds that were lately asked for.'),
  RIGGER_RUNNER_TOKEN: optionalText.describe('What runners show; empty: one is made and kept in the data folder.'),
  RIGGER_RUNNER_PORT: z
    .literal('')
    .transform(() => undefined)
    .or(z.coerce.number().int().min(0).max(65_535))
    .optional()
    .describe(
      'A second port that takes runners and model calls and has no API: what agents with a network of their own may reach.',
    ),
  RIGGER_LOCAL_RUNNER: z.stringbool().default(true).describe('Whether to start a runner beside the server.'),
  RIGGER_BOOTSTRAP_KEY: optionalText
    .pipe(
      z
        .string()
        .regex(/^rgr_[0-9A-Za-z]{12}_[0-9A-Za-z]{32}$/, 'a key as `rigger keys new` prints one')
        .optional(),
    )
    .describe(
      'An admin’s key of the operator’s that is there from the first start on; `rigger keys new` makes one up.',
    ),
  RIGGER_OIDC_ISSUER: optionalText
    .pipe(z.url().optional())
    .describe('An OpenID Connect issuer whose tokens are taken like keys.'),
  RIGGER_OIDC_AUDIENCE: optionalText.describe('Whom its tokens must be for.'),
  RIGGER_OIDC_TENANT_CLAIM: z.string().min(1).default('tenant').describe('The claim that names the tenant.'),
  RIGGER_OIDC_SCOPE_CLAIM: z
    .string()
    .min(1)
    .default('scope')
    .describe('The claim that names the scopes: words such as `write` or `rigger:write`, or a list.'),
  RIGGER_REQUESTS_PER_MINUTE: mostOf(6_000).describe('Requests a minute by one key; empty: without limit.'),
  RIGGER_CREATES_PER_MINUTE: mostOf(10).describe('Sessions created a minute for one user, or by a key for none.'),
  RIGGER_MESSAGES_PER_MINUTE: mostOf(600).describe('Messages sent a minute by one key.'),
  RIGGER_ACTIVE_SESSIONS: mostOf(100).describe('Sessions of one user, or of a key for none, that have not ended.'),
  RIGGER_SESSIONS_PER_DAY: mostOf(null).describe('Sessions created for one user, or by a key for none, in 24 hours.'),
  RIGGER_MESSAGES_PER_SESSION: mostOf(1_000).describe('Messages that one session takes.'),
  RIGGER_SNAPSHOT_BYTES: mostOf(null).describe(
    'What snapshots of one user’s sessions, or of a key’s for none, may take.',
  ),
  RIGGER_PROVISIONER: z
    .enum(['local', 'kubernetes'])
    .default('local')
    .describe(
      'Where runners come from beside those that join by themselves: one of this machine, or a pod for each session.',
    ),
  RIGGER_KUBERNETES_NAMESPACE: optionalText.describe(
    'Where sessions’ pods are; empty: this server’s own, or the context’s.',
  ),
  RIGGER_KUBERNETES_IMAGE: optionalText.describe('What pods run, where their profile does not say.'),
  RIGGER_KUBERNETES_PROFILES: optionalText.describe(
    'A JSON file of kinds of pods: `{"default": {"memoryMb", "cpus", "workspaceMb", "warm": {"min", "max"}, …}}`, see docs/KUBERNETES.md.',
  ),
  RIGGER_KUBERNETES_SERVER_URL: optionalText
    .pipe(z.url().optional())
    .describe('Where pods dial: the servers’ Service.'),
  RIGGER_KUBERNETES_WARM: z.coerce
    .number()
    .int()
    .min(0)
    .max(10_000)
    .default(0)
    .describe(
      'Pods that wait for sessions at most, without a file of profiles; they follow demand, and none is kept without.',
    ),
  RIGGER_KUBERNETES_MAX_PODS: z.coerce.number().int().min(1).max(100_000).default(200),
  RIGGER_KUBERNETES_CREATING: z.coerce
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(20)
    .describe('Pods that come up at a time.'),
  RIGGER_KUBERNETES_START_TIMEOUT_MS: z.coerce
    .number()
    .int()
    .min(1_000)
    .max(3_600_000)
    .default(300_000)
    .describe('How long a session waits for a pod that does not come up, before it fails.'),
  RIGGER_SOURCE_FOLDERS: z
    .string()
    .default('')
    .transform((text) => text.split(':').filter((folder) => folder !== ''))
    .describe('Folders, separated by colons, below which `config.source.path` may lie.'),
  RIGGER_REQUEST_TIMEOUT_MS: ms(30_000, 3_600_000).describe(
    'How long a request’s head may take to come, and a body of JSON.',
  ),
  RIGGER_MAX_BODY_BYTES: z.coerce
    .number()
    .int()
    .min(1_024)
    .default(20 * 1024 * 1024),
  SENTRY_DSN: optionalText.describe(
    'Where errors are told, of servers and runners: Sentry, or what takes its protocol.',
  ),
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

/** What a runner of this machine is told of how to keep agents apart: as variables, for it reads them itself. */
export function sandboxVariables(settings: Settings): Record<string, string> {
  return {
    RIGGER_ISOLATION: settings.RIGGER_ISOLATION,
    RIGGER_DOCKER_SOCKET: settings.RIGGER_DOCKER_SOCKET ?? '',
    RIGGER_DOCKER_IMAGE: settings.RIGGER_DOCKER_IMAGE ?? '',
    RIGGER_DOCKER_IMAGES: settings.RIGGER_DOCKER_IMAGES,
    RIGGER_DOCKER_RUNTIME: settings.RIGGER_DOCKER_RUNTIME ?? '',
    RIGGER_SANDBOX_MEMORY_BYTES: String(settings.RIGGER_SANDBOX_MEMORY_BYTES),
    RIGGER_SANDBOX_CPUS: String(settings.RIGGER_SANDBOX_CPUS),
    RIGGER_SANDBOX_PIDS: String(settings.RIGGER_SANDBOX_PIDS),
  };
}
