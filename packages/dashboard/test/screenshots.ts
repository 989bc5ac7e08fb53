/**
 * Pictures of every page: both themes, three widths, with sessions of every kind in them. Written to `screenshots/`, which git
 * does not see. `npm run screenshots`, or with words to choose: `npm run screenshots -- crew 390 dark`. With the word `readme` alone the
 * picture of README.md is written anew.
 */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { RECEIVER_SETTINGS, type Receiver, startReceiver } from '../../rigger/test/receiver.ts';
import { buildPage, hasChromium, launch, open } from './browser.ts';
import {
  automation,
  broken,
  bugFix,
  busy,
  crew,
  hybrid,
  longLog,
  paused,
  type Stage,
  startStage,
  waiting,
} from './scenes.ts';

const FOLDER = join(import.meta.dirname, '..', 'screenshots');
const README = join(import.meta.dirname, '..', '..', '..', 'docs', 'images', 'session.png');
const WIDTHS = [390, 1280, 1920];
const THEMES = ['light', 'dark'] as const;

interface Shot {
  name: string;
  path: string;
  /** What is there once the page is whole. */
  words: string;
  /** Opens every tool call. */
  unfold?: boolean;
  /** What is chosen from a list where only one of the two fits. */
  narrow?: string;
  /** A key that opens something. */
  press?: string;
}

if (!hasChromium) throw new Error('There is no /usr/bin/chromium: apt-get install chromium');
const wanted = process.argv.slice(2);
const isWanted = (name: string): boolean => wanted.every((word) => name.includes(word));

/** Sessions of every kind, and the pages that show them. */
async function makeShots(stage: Stage, receiver: Receiver): Promise<Shot[]> {
  const { rigger } = stage;
  const fix = await bugFix(rigger);
  const asks = await waiting(rigger);
  const question = await waiting(rigger, 'Please set up the database.');
  const edit = await waiting(rigger, 'Please change the licence.');
  const team = await crew(rigger);
  const failed = await broken(rigger);
  const spent = await paused(rigger);
  const empty = await hybrid(rigger);
  const long = await longLog(rigger, 5_000);
  const works = await busy(rigger);
  await automation(rigger, receiver, fix);
  const at = (id: string, rest = ''): string => `/sessions/${id}${rest}`;
  return [
    { name: 'home', path: '/', words: 'Mend the totals of the cart' },
    { name: 'session', path: at(fix.id), words: 'Both are at work' },
    { name: 'session-unfolded', path: at(fix.id), words: 'Both are at work', unfold: true },
    { name: 'session-permission', path: at(asks.id), words: 'Allow Bash?' },
    { name: 'session-question', path: at(question.id), words: 'Which environments get it?' },
    { name: 'session-edit', path: at(edit.id), words: 'Allow Edit?' },
    { name: 'session-crew', path: at(team.id), words: 'The notes are in' },
    { name: 'session-crew-columns', path: at(team.id, '?agent=*'), words: 'The notes are in' },
    { name: 'session-failed', path: at(failed.id), words: 'This session failed' },
    { name: 'session-paused', path: at(spent.id), words: 'Paused' },
    { name: 'session-empty', path: at(empty.id), words: 'Nothing has been said yet' },
    { name: 'session-long', path: at(long.id), words: 'first token' },
    { name: 'session-running', path: at(works.id), words: 'watch the logs until' },
    { name: 'session-files', path: at(fix.id, '?tab=files'), words: 'package.json' },
    { name: 'session-file', path: at(fix.id, '?tab=files&file=src/cart.js'), words: 'What is in a cart' },
    { name: 'session-snapshots', path: at(fix.id, '?tab=snapshots'), words: 'Take a snapshot' },
    { name: 'session-events', path: at(fix.id, '?tab=events&event=12'), words: 'session.placed' },
    { name: 'session-api', path: at(fix.id, '?tab=api'), words: 'Create one like it' },
    { name: 'sessions', path: '/sessions', words: 'Mend the totals of the cart' },
    { name: 'new', path: '/new?preset=simulation', words: 'The same from elsewhere' },
    { name: 'usage', path: '/usage', words: 'Sessions created' },
    { name: 'schedules', path: '/schedules', words: 'Succeeded', narrow: 'Morning report' },
    { name: 'schedules-form', path: '/schedules', words: 'Morning report', press: 'n' },
    { name: 'webhooks', path: '/webhooks', words: 'Delivered', narrow: 'Tells the team’s chat' },
    {
      name: 'webhooks-failing',
      path: '/webhooks',
      words: 'The data warehouse',
      narrow: 'The data warehouse',
      press: 'j',
    },
    { name: 'webhooks-form', path: '/webhooks', words: 'The data warehouse', press: 'n' },
    { name: 'runners', path: '/runners', words: 'Isolation' },
    { name: 'settings', path: '/settings', words: 'The API, for machines' },
    { name: 'docs', path: '/docs', words: 'Rigger’s documents' },
    { name: 'docs-guide', path: '/docs/tutorials/hybrid', words: 'A project that is come back to' },
    { name: 'docs-api', path: '/docs/api#post-api-sessions', words: 'Create a session' },
    { name: 'session-missing', path: '/sessions/sess_nothing', words: 'Session not found' },
    { name: 'not-found', path: '/no-such-page', words: 'There is no such page' },
  ];
}

async function take(
  page: Page,
  url: string,
  { path, words, unfold, narrow, press }: Shot,
  file: string,
): Promise<void> {
  await page.goto(`${url}${path}`);
  if (narrow !== undefined && page.viewportSize()!.width < 1_024)
    await page.locator('main').getByText(narrow).first().click();
  await page
    .getByText(words)
    .first()
    .waitFor({ state: 'attached' })
    .catch(() => console.log(`${file}: “${words}” did not come`));
  if (press !== undefined) await page.keyboard.press(press);
  if (unfold)
    await page.evaluate(() => {
      for (const tool of document.querySelectorAll<HTMLElement>('button[data-tool]')) tool.click();
    });
  await page.waitForTimeout(500);
  await page.screenshot({ path: file });
}

async function takeAll(browser: Browser, url: string, shots: Shot[]): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  let count = 0;
  for (const width of WIDTHS)
    for (const theme of THEMES) {
      const { page, close } = await open(browser, 'about:blank', {
        viewport: { width, height: width === 390 ? 844 : width === 1280 ? 800 : 1_080 },
        colorScheme: theme,
      });
      for (const shot of shots) {
        const name = `${shot.name}-${width}-${theme}`;
        if (!isWanted(name)) continue;
        await take(page, url, shot, join(FOLDER, `${name}.png`));
        count += 1;
      }
      await close();
    }
  console.log(`${count} pictures are in ${FOLDER}`);
}

/** What README.md shows: a session with a diff, while another one waits for a person. */
async function takeReadme(browser: Browser, { rigger }: Stage): Promise<void> {
  const { id } = await bugFix(rigger);
  await waiting(rigger);
  await crew(rigger);
  const { page, close } = await open(browser, 'about:blank', { viewport: { width: 1280, height: 800 } });
  mkdirSync(dirname(README), { recursive: true });
  await page.goto(`${rigger.url}/sessions/${id}`);
  await page.getByText('Both are at work').waitFor();
  await page.locator('button[data-tool="Edit"]').first().click();
  await page.locator('button[data-tool="Edit"]').first().scrollIntoViewIfNeeded();
  await page.waitForTimeout(500);
  await page.screenshot({ path: README });
  await close();
  console.log(`The picture of README.md is ${README}`);
}

buildPage();
console.log('Making sessions of every kind…');
const [stage, receiver, browser] = await Promise.all([
  startStage({ ...RECEIVER_SETTINGS, RIGGER_EPHEMERAL_RETENTION_MS: '86400000' }),
  startReceiver(),
  launch(),
]);
try {
  if (wanted.join() === 'readme') await takeReadme(browser, stage);
  else await takeAll(browser, stage.rigger.url, await makeShots(stage, receiver));
} finally {
  await browser.close();
  await stage.close();
  await receiver.close();
}
