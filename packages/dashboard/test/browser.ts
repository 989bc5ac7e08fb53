/** A real browser on a real server. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';
export const hasChromium = existsSync(CHROMIUM);

/** Builds the page if it is stale, so that a test file may be run by itself. */
export function buildPage(): void {
  const script = fileURLToPath(new URL('../build/when-stale.ts', import.meta.url));
  const built = spawnSync(process.execPath, [script, '--strict'], { encoding: 'utf8' });
  if (built.status !== 0) throw new Error(`The page could not be built: ${built.stdout}${built.stderr}`);
}

export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });

export interface Opened {
  page: Page;
  /** What the console said of faults, the page's policy included. */
  faults: string[];
  close(): Promise<void>;
}

/** Opens an address in a browser of its own: nothing is kept from another test. */
export async function open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const faults: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(String(error)));
  await page.goto(url);
  return { page, faults, close: () => context.close() };
}
