/** Keys and the audit log as an admin uses them: the first key closes the server, and the page signs in with it. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startRigger } from '../../rigger/test/harness.ts';
import { openForAxe, violationsOf } from './axe.ts';
import { buildPage, hasChromium, launch, open } from './browser.ts';

let rigger: Awaited<ReturnType<typeof startRigger>>;
let browser: Browser;
beforeAll(async () => {
  if (!hasChromium) return;
  buildPage();
  [rigger, browser] = await Promise.all([startRigger(), launch()]);
});
afterAll(async () => {
  await browser?.close();
  await rigger?.stop();
});

describe.skipIf(!hasChromium)('an open server', () => {
  test('is closed by its first key, with which the page signs in; another is made, seen in the log, and revoked', async () => {
    const { page, faults, close } = await open(browser, `${rigger.url}/keys`);
    const dialog = page.getByRole('dialog');
    await page.getByText('The first key closes it').waitFor();
    await page.keyboard.press('n');
    await dialog.getByText('The first key should be an admin’s').waitFor();
    await dialog.getByRole('button', { name: 'Make it' }).click();
    const shown = dialog.locator('pre').first();
    await shown.getByText(/^rgr_/).waitFor();
    const admin = await shown.innerText();
    await dialog.getByRole('button', { name: 'I have it' }).click();
    await page.getByText('You are me of the tenant default').waitFor();
    expect((await rigger.call('GET', '/api/sessions')).status).toBe(401);

    await page.keyboard.press('n');
    await dialog.getByLabel('What it is for').fill('The build server');
    await dialog.getByRole('button', { name: 'Make it' }).click();
    const built = await shown.innerText();
    await dialog.getByRole('button', { name: 'I have it' }).click();
    const as = (key: string) => ({ authorization: `Bearer ${key}` });
    const made = await rigger.call('POST', '/api/sessions', { pattern: 'hybrid', config: {} }, as(built));
    expect(made.status).toBe(201);
    await page.getByRole('button', { name: 'Revoke The build server' }).click();
    await dialog.getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('Show 1 revoked').waitFor();
    expect((await rigger.call('GET', '/api/sessions', undefined, as(built))).status).toBe(401);

    await page.goto(`${rigger.url}/audit`);
    await page.getByRole('button', { name: /session\.create The build server/ }).click();
    await page.getByRole('link', { name: 'To the session' }).waitFor();
    await page.getByLabel('Kind of change').selectOption('key');
    await page.getByRole('button', { name: /key\.revoke me/ }).waitFor();
    expect(await page.getByText('session.create').count()).toBe(0);
    expect(faults).toEqual([]);
    await close();

    // Another browser has no key: it is asked for one, and the wrong one is told.
    const stranger = await open(browser, `${rigger.url}/sessions`);
    const field = stranger.page.getByLabel('Your key');
    await field.fill('rgr_no');
    await stranger.page.keyboard.press('Enter');
    await stranger.page.getByText('This key is not known here').waitFor();
    await field.fill(admin);
    await stranger.page.keyboard.press('Enter');
    await stranger.page.getByRole('heading', { name: 'Sessions', exact: true }).waitFor();
    await stranger.page.goto(`${rigger.url}/keys`);
    await stranger.page.getByRole('button', { name: 'Sign out' }).click();
    await stranger.page.getByLabel('Your key').waitFor();
    await stranger.close();

    for (const theme of ['light', 'dark'] as const)
      for (const path of ['/keys', '/audit', '']) {
        const { page, close } = await openForAxe(browser, theme === 'dark' ? 390 : 1280, theme);
        if (path !== '') await page.request.post(`${rigger.url}/api/login`, { data: { key: admin } });
        await page.goto(`${rigger.url}${path}`);
        await page
          .getByText(path === '/keys' ? 'API keys' : path === '/audit' ? 'key.create' : 'Your key')
          .first()
          .waitFor();
        expect([theme, path, await violationsOf(page)]).toEqual([theme, path, []]);
        await close();
      }
  }, 120_000);
});
