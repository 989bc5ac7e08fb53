/** What works without a person, as a person sets it up: schedules and webhooks, in a real browser, with a real receiver. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Json } from '../../rigger/test/harness.ts';
import { RECEIVER_SETTINGS, type Receiver, startReceiver } from '../../rigger/test/receiver.ts';
import { openForAxe, violationsOf } from './axe.ts';
import { buildPage, hasChromium, launch, open } from './browser.ts';
import { hybrid, type Stage, startStage } from './scenes.ts';

let stage: Stage;
let browser: Browser;
let receiver: Receiver;
beforeAll(async () => {
  if (!hasChromium) return;
  buildPage();
  const settings = { ...RECEIVER_SETTINGS, RIGGER_EPHEMERAL_RETENTION_MS: '86400000' };
  [stage, browser, receiver] = await Promise.all([startStage(settings), launch(), startReceiver()]);
});
afterAll(async () => {
  await browser?.close();
  await stage?.close();
  await receiver?.close();
});

const visit = (path: string, options: Parameters<typeof open>[2] = {}) =>
  open(browser, `${stage.rigger.url}${path}`, options);
const schedules = async (): Promise<Json[]> => (await stage.rigger.call('GET', '/api/schedules')).body.schedules;
const webhooks = async (): Promise<Json[]> => (await stage.rigger.call('GET', '/api/webhooks')).body.webhooks;
const dialog = (page: Page) => page.getByRole('dialog');
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true });

describe.skipIf(!hasChromium)('schedules', () => {
  test('are made from nothing, run by hand, paused, changed and deleted', async () => {
    const { page, faults, close } = await visit('/schedules');
    await page.getByText('No schedule', { exact: true }).waitFor();
    expect(await page.locator('pre').innerText()).toContain('/api/schedules');
    await page.keyboard.press('n');
    await dialog(page).getByLabel('Name').fill('Morning report');
    await button(page, 'Every day').click();
    await dialog(page).getByText('every day at 08:30.').waitFor();
    await dialog(page).getByLabel('Time zone').fill('Europe/Berlin');
    await dialog(page).getByLabel('Message').fill('Write the morning report.');
    await dialog(page).getByRole('button', { name: 'Schedule it' }).click();
    // It says when it comes, and to whom.
    const article = page.getByRole('article', { name: 'Morning report' });
    await article.getByText('every day at 08:30, Europe/Berlin').waitFor();
    expect(await article.getByText(/^\w{3},? \d+ \w{3},? (at )?08:30$/).count()).toBe(5);
    await article.getByText('a new session each time: ephemeral').waitFor();
    const [made] = await schedules();
    expect(made).toMatchObject({
      cron: '30 8 * * *',
      timezone: 'Europe/Berlin',
      target: { create: { pattern: 'ephemeral', maxBudgetUsd: 1 } },
    });

    await article.getByRole('button', { name: 'Run now' }).click();
    await article.getByText('Succeeded').waitFor();
    const [run] = (await stage.rigger.call('GET', `/api/schedules/${made.id}/runs`)).body.runs;
    expect(await article.getByRole('link', { name: 'Session' }).getAttribute('href')).toBe(
      `/sessions/${run.sessionId}`,
    );

    await article.getByRole('button', { name: 'Pause' }).click();
    await article.getByText('none while it is paused').waitFor();
    await article.getByRole('button', { name: 'Resume' }).click();
    await article.getByText('Active').waitFor();

    await page.keyboard.press('e');
    await dialog(page).getByLabel('Cron').fill('0 */4 * * *');
    await dialog(page).getByRole('button', { name: 'Save' }).click();
    await article.getByText('every 4 hours, Europe/Berlin').waitFor();

    await article.getByRole('button', { name: 'Delete' }).click();
    await dialog(page).getByRole('button', { name: 'Delete' }).click();
    await page.getByText('No schedule', { exact: true }).waitFor();
    expect(await schedules()).toEqual([]);
    expect(faults).toEqual([]);
    await close();
  }, 90_000);

  test('say what is wrong at the field that it is about, and go to a session that is there', async () => {
    const session = await hybrid(stage.rigger, { description: 'The long project' });
    const { page, close } = await visit('/schedules');
    await button(page, /^New schedule/).click();
    await dialog(page).getByLabel('Name').fill('Nudge');
    await dialog(page).getByLabel('Cron').fill('every day');
    await dialog(page).getByLabel('Message').fill('Anything new?');
    await button(page, 'A session that is there').click();
    await dialog(page).getByLabel('Session').selectOption(session.id);
    await dialog(page).getByRole('button', { name: 'Schedule it' }).click();
    await dialog(page).getByText('five fields, or six').waitFor();
    await dialog(page).getByLabel('Cron').fill('0 9 * * mon');
    await dialog(page).getByLabel('Time zone').fill('Europe/Nowhere');
    await dialog(page).getByRole('button', { name: 'Schedule it' }).click();
    await dialog(page).getByText('Europe/Nowhere is not the name of a time zone').waitFor();
    await dialog(page).getByLabel('Time zone').fill('UTC');
    await dialog(page).getByRole('button', { name: 'Schedule it' }).click();
    await page.getByRole('article').getByText('Monday at 09:00, UTC').waitFor();
    await page.getByRole('article').getByRole('link', { name: 'The long project' }).waitFor();

    // A time of its own, once.
    await page.keyboard.press('n');
    await dialog(page).getByLabel('Name').fill('Once');
    await button(page, 'Once').click();
    await dialog(page).getByLabel('At', { exact: true }).fill('2040-05-06T07:08');
    await dialog(page).getByLabel('Message').fill('Happy birthday');
    await dialog(page).getByRole('button', { name: 'Schedule it' }).click();
    await page.getByRole('article', { name: 'Once' }).waitFor();
    expect((await schedules()).map(({ name, cron }) => [name, cron])).toEqual([
      ['Nudge', '0 9 * * mon'],
      ['Once', null],
    ]);
    // By key from one to the other, and the address says which.
    await page.keyboard.press('k');
    await page.getByRole('article', { name: 'Nudge' }).waitFor();
    expect(new URL(page.url()).searchParams.get('schedule')).toBe((await schedules())[0].id);

    // Its session ends, and it says so where it stands.
    await stage.rigger.call('POST', `/api/sessions/${session.id}/terminate`);
    await page.keyboard.press('r');
    await page.getByText('Its session has ended: give it another one, then resume it.').waitFor();
    await close();
  }, 90_000);
});

describe.skipIf(!hasChromium)('webhooks', () => {
  test('are made with a secret that is shown once, tried, and tell of what happens', async () => {
    const { page, faults, close } = await visit('/webhooks');
    await page.getByText('No webhook', { exact: true }).waitFor();
    await button(page, /^Add a webhook/).click();
    await dialog(page).getByLabel('Address').fill('https://127.0.0.1/hook');
    await dialog(page).getByRole('button', { name: 'Add' }).click();
    await dialog(page).getByText('must not lead to a private or local address').waitFor();
    await dialog(page).getByText('The operator lists private ones').waitFor();
    await dialog(page).getByLabel('Address').fill(`${receiver.url}/chat`);
    await dialog(page).getByLabel('What it is for').fill('Tells the chat');
    await button(page, 'Some').click();
    expect(await dialog(page).getByRole('button', { name: 'Add' }).isDisabled()).toBe(true);
    await dialog(page).getByLabel('session.created').check();
    await dialog(page).getByLabel('turn.finished').check();
    await dialog(page).getByRole('button', { name: 'Add' }).click();
    const secret = await page.getByText(/^whsec_/).innerText();
    receiver.secrets.set('/chat', secret);
    await button(page, 'I have it').click();
    expect(await page.content()).not.toContain('whsec_');
    const [made] = await webhooks();
    expect(made.events).toEqual(['session.created', 'turn.finished']);

    await page.keyboard.press('t');
    await page.getByText(/^The test arrived: 200 in \d+ ms\.$/).waitFor();
    // One that fails at first is shown with each attempt, and sent again by hand.
    receiver.answers.push(500);
    const { id } = await hybrid(stage.rigger, { description: 'Tells of itself' });
    await receiver.until(({ event }) => event.type === 'session.created');
    const deliveries = page.getByRole('list', { name: 'Deliveries' });
    await deliveries.getByRole('button', { name: /Delivered.*session\.created/ }).click();
    const attempts = page.getByRole('list', { name: 'Attempts' });
    await attempts.getByText('500: not an answer of 2xx').waitFor();
    await attempts.getByText('200', { exact: true }).waitFor();
    expect(await page.getByRole('link', { name: 'To its session' }).getAttribute('href')).toBe(`/sessions/${id}`);
    await button(page, 'Send again').click();
    await attempts.getByText('200', { exact: true }).nth(1).waitFor();
    const told = receiver.received.filter(({ event }) => event.type === 'session.created');
    expect(told).toHaveLength(2);
    expect(new Set(told.map((one) => one.id)).size).toBe(1);
    // The address has what is open and what is filtered.
    await page.reload();
    await attempts.waitFor();
    await button(page, 'Failed').click();
    await page.getByText('None is failed.').waitFor();
    expect(new URL(page.url()).searchParams.get('status')).toBe('failed');
    expect(faults.filter((fault) => !fault.includes('400'))).toEqual([]);
    await close();
  }, 90_000);

  test('are given a new secret, changed, turned off and on, and deleted', async () => {
    const [{ id }] = (await webhooks()) as [Json];
    const { page, close } = await visit(`/webhooks?webhook=${id}`);
    await button(page, 'New secret').click();
    await dialog(page).getByLabel('The former one signs as well').selectOption('for an hour');
    await button(page, 'Make it').click();
    receiver.secrets.set('/chat', await page.getByText(/^whsec_/).innerText());
    await button(page, 'I have it').click();
    await page.getByText(/^signs as well until/).waitFor();
    await page.keyboard.press('t');
    await page.getByText('The test arrived').waitFor();

    await page.keyboard.press('e');
    await button(page, 'Every event').click();
    await dialog(page).getByRole('button', { name: 'Save' }).click();
    await page.getByText('every type, new ones too').waitFor();
    expect((await webhooks())[0].events).toEqual([]);

    await button(page, 'Turn off').click();
    await dialog(page).getByRole('button', { name: 'Turn off' }).click();
    await button(page, 'Turn on').waitFor();
    expect((await webhooks())[0].enabled).toBe(false);
    await button(page, 'Turn on').click();
    await button(page, 'Turn off').waitFor();

    receiver.always = 410;
    await stage.rigger.create({ pattern: 'hybrid', config: {} });
    await page.getByText('It answered 410: it wants nothing more.').waitFor();
    receiver.always = null;
    await button(page, 'Delete').click();
    await dialog(page).getByRole('button', { name: 'Delete' }).click();
    await page.getByText('No webhook', { exact: true }).waitFor();
    expect(await webhooks()).toEqual([]);
    await close();
  }, 90_000);
});

describe.skipIf(!hasChromium)('with something in them they keep nobody out', () => {
  test.each(['light', 'dark'] as const)(
    'in the %s theme, wide and narrow',
    async (colorScheme) => {
      const path = `/axe-${colorScheme}`;
      const { body: hook } = await stage.rigger.call('POST', '/api/webhooks', { url: receiver.url + path });
      const { body: schedule } = await stage.rigger.call('POST', '/api/schedules', {
        name: 'With a name that is so long that it does not fit into the list of all schedules, least of all on a phone',
        cron: '*/15 9-17 * * mon-fri',
        target: { create: { pattern: 'ephemeral' } },
        prompt: 'Look.',
      });
      await stage.rigger.call('POST', `/api/schedules/${schedule.id}/run`);
      await receiver.until((one) => one.path === path && one.event.type === 'turn.finished');
      const { body: sent } = await stage.rigger.call('GET', `/api/webhooks/${hook.id}/deliveries`);
      const places: [place: string, words: string, open?: string][] = [
        [`/schedules?schedule=${schedule.id}`, 'Succeeded'],
        [`/schedules?schedule=${schedule.id}`, 'Succeeded', 'Edit'],
        [`/webhooks?webhook=${hook.id}&delivery=${sent.deliveries[0].id}`, 'Send again'],
        [`/webhooks?webhook=${hook.id}`, 'Delivered', 'Edit'],
      ];
      const found: string[] = [];
      for (const width of [1280, 390]) {
        const { page, close } = await openForAxe(browser, width, colorScheme);
        for (const [place, words, opens] of places) {
          await page.goto(`${stage.rigger.url}${place}`);
          await page.getByText(words).first().waitFor();
          if (opens !== undefined) {
            await button(page, opens).click();
            await dialog(page).waitFor();
          }
          found.push(...(await violationsOf(page)).map((one) => `${width} ${place} ${opens ?? ''}: ${one}`));
          expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
        }
        await close();
      }
      expect(found).toEqual([]);
    },
    120_000,
  );
});
