/** What of this machine a server and its runner need. */
import { execFile } from 'node:child_process';
import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { complaintOf } from '../node-version.ts';
import { bytes } from '../terminal/units.ts';
import { VERSION } from '../version.ts';
import { bad, type Finding, good, looking, warning } from './finding.ts';

const run = promisify(execFile);
const LEAST_FREE = 1_000_000_000;
const AMPLE_FREE = 5_000_000_000;
const PATIENCE_MS = 10_000;

export function node(): Finding {
  const complaint = complaintOf(process.version);
  const says = `${process.version}, rigger ${VERSION}`;
  return complaint === null ? good('node', says) : bad('node', says, complaint);
}

/** The SDK and the program that it brings, which is what agents are. */
export const agentProgram = (): Promise<Finding> =>
  looking(
    'agent program',
    async () => {
      const { cliFolder, sdkVersion } = await import('@rigger/runner');
      const { stdout } = await run(join(cliFolder(), 'claude'), ['--version'], { timeout: PATIENCE_MS });
      return good('agent program', `Agent SDK ${sdkVersion()}, its program says ${stdout.trim()}`);
    },
    'Install again, with optional dependencies: the program comes in a package for each platform (npm ci, without --omit=optional).',
  );

/** Whether agents can be kept apart here: the driver opens a sandbox and looks around in it. */
export const isolation = (): Promise<Finding> =>
  looking(
    'isolation',
    async () => {
      const [{ readIsolation }, { chooseDriver }] = await Promise.all([
        import('@rigger/runner'),
        import('@rigger/runner/sandbox'),
      ]);
      const { driver, detail, passedOver } = await chooseDriver(
        readIsolation(process.env, { bare: true, scratch: tmpdir() }),
      );
      if (driver.name !== 'none') return good('isolation', `${driver.name}: ${detail}`);
      const remedy = passedOver.map((missing) => missing.remedy).join(' Or: ') || 'Install bubblewrap.';
      return warning('isolation', 'none: agents can do whatever the user of the server can', remedy);
    },
    'Install bubblewrap (apt-get install bubblewrap), or set RIGGER_ISOLATION to what this machine has.',
  );

export const disk = (dataDir: string): Promise<Finding> =>
  looking(
    'disk',
    async () => {
      const { folder, free } = await freeAt(resolve(dataDir));
      const says = `${bytes(free)} free at ${folder}`;
      const remedy =
        'Make room, or set RIGGER_DATA_DIR to a folder on another disk. Old sessions are removed with: rigger rm';
      if (free < LEAST_FREE) return bad('disk', says, remedy);
      return free < AMPLE_FREE ? warning('disk', says, remedy) : good('disk', says);
    },
    'Name the data folder of the server with --data-dir or RIGGER_DATA_DIR.',
  );

/** Of a folder that is not there yet: of the nearest above it that is. */
async function freeAt(folder: string): Promise<{ folder: string; free: number }> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return { folder, free: bavail * bsize };
  } catch (error) {
    const above = dirname(folder);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || above === folder) throw error;
    return freeAt(above);
  }
}

/** The endpoint that a server started from this shell would call. Undefined where none is set. */
export async function modelEndpoint(): Promise<Finding | undefined> {
  const { ANTHROPIC_API_KEY: key, ANTHROPIC_BASE_URL: base } = process.env;
  if (!key && !base) return undefined;
  const url = `${(base || 'https://api.anthropic.com').replace(/\/+$/, '')}/v1/models?limit=1`;
  const remedy = 'Check ANTHROPIC_BASE_URL, and whether this machine reaches it.';
  return looking(
    'model',
    async () => {
      const headers = { 'anthropic-version': '2023-06-01', ...(key ? { 'x-api-key': key } : {}) };
      const { status } = await fetch(url, { headers, signal: AbortSignal.timeout(PATIENCE_MS) }).catch(
        (error: Error) => {
          throw new Error(`${url} cannot be reached (${(error.cause as Error | undefined)?.message ?? error.message})`);
        },
      );
      if (status === 401 || status === 403)
        return bad(
          'model',
          `${url} refuses the key (${status})`,
          'Set ANTHROPIC_API_KEY to a key that is valid there.',
        );
      if (status >= 500) return bad('model', `${url} answers ${status}`, remedy);
      return good('model', `${url} answers ${status}`);
    },
    remedy,
  );
}
