/**
 * Pictures of every page: both themes, three widths, with sessions of every kind in them. Written to `screenshots/`, which git
 * does not see. `npm run screenshots`, or with words to choose: `npm run screenshots -- crew 390 dark`.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildPage, hasChromium, launch, open } from './browser.ts';
import { broken, bugFix, busy, crew, hybrid, longLog, paused, startStage, waiting } from './scenes.ts';

const FOLDER = join(import.meta.dirname, '..', 'screenshots');
const WIDTHS = [390, 1280, 1920];
const THEMES = ['light', 'dark'] as const;

interface Shot {
  name: string;
  path: string;
  /** What is there once the page is whole. */
  words: string;
  /** Opens every tool call. */
  unfold?: boolean;
}

if (!hasChromium) throw new Error('There is no /usr/bin/chromium: apt-get install chromium');
const wanted = process.argv.slice(2);
const isWanted = (name: string): boolean => wanted.every((word) => name.includes(word));
buildPage();
mkdirSync(FOLDER, { recursive: true });

console.log('Making sessions of every kind…');
const stage = await startStage({ RIGGER_EPHEMERAL_RETENTION_MS: '86400000' });
const browser = await launch();
try {
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
  const at = (id: string, rest = ''): string => `/sessions/${id}${rest}`;
  const shots: Shot[] = [
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
    { name: 'session-missing', path: '/sessions/sess_nothing', words: 'Session not found' },
    { name: 'not-found', path: '/no-such-page', words: 'There is no such page' },
  ];
  let count = 0;
  for (const width of WIDTHS)
    for (const theme of THEMES) {
      const { page, close } = await open(browser, 'about:blank', {
        viewport: { width, height: width === 390 ? 844 : width === 1280 ? 800 : 1_080 },
        colorScheme: theme,
      });
      for (const { name, path, words, unfold } of shots) {
        const file = `${name}-${width}-${theme}`;
        if (!isWanted(file)) continue;
        await page.goto(`${rigger.url}${path}`);
        await page
          .getByText(words)
          .first()
          .waitFor({ state: 'attached' })
          .catch(() => console.log(`${file}: “${words}” did not come`));
        if (unfold)
          await page.evaluate(() => {
            for (const tool of document.querySelectorAll<HTMLElement>('button[data-tool]')) tool.click();
          });
        await page.waitForTimeout(500);
        await page.screenshot({ path: join(FOLDER, `${file}.png`) });
        count += 1;
      }
      await close();
    }
  console.log(`${count} pictures are in ${FOLDER}`);
} finally {
  await browser.close();
  await stage.close();
}
