/** Which driver this runner's sandboxes are made by, and what there is to say of it. */
import { readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import { isLoopback } from './protocol/index.ts';
import {
  type Choice,
  chooseDriver,
  createLateDriver,
  type SandboxDriver,
  SandboxUnavailable,
} from './sandbox/index.ts';
import { isolationOf, type RunnerSettings } from './settings.ts';

/** The addresses of the servers, as far as they are known yet. */
export function serverUrls(settings: RunnerSettings): string[] {
  if (settings.RIGGER_SERVER_URL.length > 0) return settings.RIGGER_SERVER_URL;
  try {
    return [(JSON.parse(readFileSync(settings.RIGGER_SERVER_FILE ?? '', 'utf8')) as { url: string }).url];
  } catch {
    return [];
  }
}

/** Whether agents may run without isolation: where that was asked for by name, or for servers that this machine alone can reach. */
export function mayBeBare(settings: RunnerSettings): boolean {
  const isHere = (url: string) => isLoopback(new URL(url).hostname);
  return settings.RIGGER_ISOLATION === 'none' || serverUrls(settings).every(isHere);
}

/**
 * A server's own runner comes up without a driver too, to refuse sessions with the reason until there is one; `found` is then told.
 * @throws SandboxUnavailable for any other runner: its server has others.
 */
export async function findDriver(settings: RunnerSettings, log: Logger, found: () => void): Promise<SandboxDriver> {
  const choose = () =>
    chooseDriver(isolationOf(settings, { bare: mayBeBare(settings), scratch: settings.RIGGER_DATA_DIR }));
  try {
    const choice = await choose();
    say(choice, log);
    return choice.driver;
  } catch (error) {
    if (!(error instanceof SandboxUnavailable) || settings.RIGGER_SERVER_FILE === undefined) throw error;
    log.error(
      { reason: error.reason, remedy: error.remedy },
      'NO ISOLATION can be had: every session is refused until it can',
    );
    return createLateDriver(async () => {
      const choice = await choose();
      say(choice, log);
      found();
      return choice.driver;
    });
  }
}

function say({ driver, detail, passedOver }: Choice, log: Logger): void {
  for (const { driver: name, reason, remedy } of passedOver)
    log.warn({ driver: name, reason, remedy }, 'A stronger isolation cannot be had');
  log.info({ isolation: driver.name, detail }, 'Agents are kept apart');
  if (driver.name === 'none')
    log.warn(
      'Agents run WITHOUT isolation: they can read and change whatever this user can. Install bubblewrap, or use RIGGER_ISOLATION=bubblewrap to insist.',
    );
}
