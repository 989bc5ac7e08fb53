/** Every page but the session's, in a real browser on a real server that begins empty. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bash, type Json, script } from '../../rigger/test/harness.ts';
import { openForAxe, violationsOf } from './axe.ts';
import { buildPage, hasChromium, launch, open } from './browser.ts';
import { broken, hybrid, paused, type Stage, startStage, waiting } from './scenes.ts';

let stage: Stage;
let browser: Browser;
beforeAll(async () => {
  if (!hasChromium) return;
  buildPage();
  [stage, browser] = await Promise.all([startStage({ RIGGER_EPHEMERAL_RETENTION_MS: '86400000' }), launch()]);
});
afterAll(async () => {
  await browser?.close();
  await stage?.close();
});

const visit = (path: string, options: Parameters<typeof open>[2] = {}) =>
  open(browser, `${stage.rigger.url}${path}`, options);
/** The session that the page has gone to. */
async function sessionOf(page: Page): Promise<string> {
  await page.waitForURL(/\/sessions\/sess_/);
  return new URL(page.url()).pathname.split('/').at(-1)!;
}
const list = async (query: string): Promise<Json[]> =>
  (await stage.rigger.call('GET', `/api/sessions?${query}`)).body.sessions;

describe.skipIf(!hasChromium)('a fresh install', () => {
  test('says what Rigger is, shows four patterns and the command, and leads to the first session', async () => {
    const { page, faults, close } = await visit('/');
    await page.getByText('Rigger hosts Claude agents').waitFor();
    for (const name of ['Ephemeral', 'Long-running', 'Hybrid', 'Single container'])
      expect(await page.getByRole('link', { name }).count()).toBe(1);
    expect(await page.getByText('curl -s').innerText()).toContain(`${stage.rigger.url}/api/sessions`);
    await page.getByRole('link', { name: 'Create the first session' }).click();
    await page.waitForURL('**/new');
    for (const [path, words] of [
      ['/sessions', 'No session yet'],
      ['/usage', 'Nothing was spent'],
      ['/settings', 'The vault is empty'],
    ]) {
      await page.goto(`${stage.rigger.url}${path}`);
      await page.getByText(words!).first().waitFor();
    }
    // That a server has no such place is seen by asking for it.
    expect(faults.filter((fault) => !fault.includes('404'))).toEqual([]);
    await close();
  });
});

describe.skipIf(!hasChromium)('the form', () => {
  test('makes an ephemeral session with a file in its workspace, and sends the first message', async () => {
    const { page, close } = await visit('/new?preset=ephemeral');
    await page.getByLabel('Description').fill('Read a note');
    await page.getByRole('button', { name: 'Bash', exact: true }).click();
    await page
      .getByLabel('Files for the workspace')
      .setInputFiles({ name: 'today.txt', mimeType: 'text/plain', buffer: Buffer.from('buy milk') });
    // The same as a command, beside it.
    const command = page.getByRole('complementary').locator('pre');
    expect(await command.innerText()).toContain('"pattern": "ephemeral"');
    expect(await command.innerText()).toContain("--data-binary @'today.txt'");
    await page.getByLabel('First message').fill(script(bash('cat today.txt'), { text: 'It says {{lastToolResult}}' }));
    await page.getByRole('button', { name: 'Create and send' }).click();
    const id = await sessionOf(page);
    await stage.rigger.until(id, ({ type }) => type === 'turn.finished');
    const [turn] = await stage.rigger.turns(id);
    expect(turn!.response).toMatchObject({ content: 'It says buy milk' });
    expect(await stage.rigger.get(id)).toMatchObject({ pattern: 'ephemeral', description: 'Read a note' });
    await close();
  });

  test('makes a long-running session without a message, with limits and labels', async () => {
    const { page, close } = await visit('/new');
    await page.getByRole('radio', { name: /^Long-running/ }).check({ force: true });
    await page.getByLabel('Budget, USD').fill('2.5');
    await page.getByLabel('When it is spent').selectOption('pause');
    await page.getByLabel('Idle time, minutes').fill('90');
    await page.getByText('Labels', { exact: true }).click();
    const tags = page.getByLabel('Tags', { exact: true });
    await tags.fill('one');
    await tags.press('Enter');
    await tags.fill('two');
    await page.getByLabel('User', { exact: true }).fill('ann');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    expect(await stage.rigger.get(await sessionOf(page))).toMatchObject({
      pattern: 'long-running',
      maxBudgetUsd: 2.5,
      onBudget: 'pause',
      maxIdleTimeMs: 5_400_000,
      tags: ['one', 'two'],
      userId: 'ann',
      config: { allowedTools: ['Read', 'Glob', 'Grep'] },
    });
    await close();
  });

  test('makes a hybrid session by key, with tools that ask and are refused', async () => {
    const { page, close } = await visit('/new?preset=project');
    const ask = page.getByLabel(/^Ask:/);
    await ask.fill('Bash(rm *)');
    await ask.press('Enter');
    await page.getByRole('button', { name: 'WebFetch', exact: true }).last().click();
    await page.getByLabel('First message').press('Control+Enter');
    const id = await sessionOf(page);
    await stage.rigger.until(id, ({ type }) => type === 'turn.finished');
    const session = await stage.rigger.get(id);
    expect(session.pattern).toBe('hybrid');
    expect(session.config.permissions).toEqual({ ask: ['Bash(rm *)'], deny: ['WebFetch'] });
    await close();
  });

  test('makes agents of a single container, who play', async () => {
    const { page, close } = await visit('/new');
    await page.getByRole('button', { name: 'Simulation with players' }).click();
    expect(new URL(page.url()).search).toBe('?preset=simulation');
    expect(await page.getByLabel('Name', { exact: true }).count()).toBe(3);
    await page.getByRole('button', { name: 'Create and send' }).click();
    const id = await sessionOf(page);
    await stage.rigger.until(id, ({ type, agent }) => type === 'agent.message_sent' && agent === 'player1');
    expect(Object.keys((await stage.rigger.get(id)).config.customAgents!).sort()).toEqual([
      'coordinator',
      'player1',
      'player2',
    ]);
    await close();
  });

  test('says what the server finds wrong at the field that it is about, folded ones too', async () => {
    const { page, close } = await visit('/new');
    await page.getByLabel('Budget, USD').fill('-1');
    await page.getByText('Network', { exact: true }).click();
    const hosts = page.getByLabel('Hosts that may be reached');
    await hosts.fill('no such host!');
    await hosts.press('Enter');
    await page.getByText('Network', { exact: true }).click();
    expect(await hosts.isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByText('2 fields to mend').waitFor();
    const told = async (name: string) => {
      const id = await page.getByLabel(name).getAttribute('aria-describedby');
      return page.locator(`[id="${id}"]`).innerText();
    };
    expect(await told('Budget, USD')).toContain('Too small');
    expect(await told('Hosts that may be reached')).toContain('a host');
    expect(await hosts.isVisible()).toBe(true);
    // Mended, it goes through.
    await page.getByLabel('Budget, USD').fill('1');
    await page.getByRole('button', { name: 'Remove no such host!' }).click();
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await sessionOf(page);
    await close();
  });
});

describe.skipIf(!hasChromium)('the list', () => {
  test('has its filters and its search in the address: a link shows the same, and the way back works', async () => {
    for (const [description, userId, tags] of [
      ['Mend the login page', 'ann', ['filters', 'web']],
      ['Mend the logout page', 'bob', ['filters', 'web']],
      ['Write the news', 'ann', ['filters']],
    ] as const)
      await stage.rigger.create({ pattern: 'hybrid', config: {}, description, userId, tags });
    const { page, close } = await visit('/sessions?tags=filters');
    const rows = page
      .getByRole('grid', { name: 'Sessions' })
      .getByRole('row')
      .filter({ has: page.getByRole('gridcell') });
    const shows = (count: number) => expect.poll(() => rows.count(), { timeout: 10_000 }).toBe(count);
    await shows(3);
    await page.getByRole('button', { name: /^User/ }).click();
    await page.getByRole('option', { name: 'ann' }).click();
    await shows(2);
    expect(new URL(page.url()).searchParams.get('user')).toBe('ann');
    await page.getByRole('button', { name: /^User/ }).click();
    await page.getByRole('option', { name: 'Any' }).click();
    await page.getByRole('option').first().waitFor({ state: 'detached' });
    await page.keyboard.press('/');
    await page.keyboard.type('mend LOG');
    await shows(2);
    expect(new URL(page.url()).searchParams.get('q')).toBe('mend LOG');
    await page.reload();
    await shows(2);
    expect(await page.getByLabel(/^Search in/).inputValue()).toBe('mend LOG');
    await page.goBack();
    await shows(2);
    expect(new URL(page.url()).searchParams.get('user')).toBe('ann');
    await page.goto(`${stage.rigger.url}/sessions?tags=filters&q=nothing-like-it`);
    await page.getByText('No session is like that').waitFor();
    await page.getByRole('button', { name: 'Show all sessions' }).click();
    await rows.first().waitFor();
    // Kept under a name, in this browser.
    await page.goto(`${stage.rigger.url}/sessions?tags=filters&user=bob`);
    await shows(1);
    await page.getByRole('button', { name: /^Views/ }).click();
    await page.getByRole('menuitem', { name: 'Save this filter' }).click();
    await page.getByLabel('Name').fill('What bob does');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.goto(`${stage.rigger.url}/sessions`);
    await page.getByRole('button', { name: /^Views/ }).click();
    await page.getByRole('menuitem', { name: 'What bob does' }).click();
    await shows(1);
    await close();
  });

  test('ends many at a time, after a moment in which it can be taken back', async () => {
    for (const n of [1, 2, 3]) await hybrid(stage.rigger, { description: `Ends ${n}`, tags: ['bulk'] });
    const { page, close } = await visit('/sessions?tags=bulk');
    const statuses = async () => (await list('tags=bulk')).map((session) => session.status).sort();
    const terminate = async () => {
      await page.getByRole('checkbox', { name: 'Select all that are loaded' }).check();
      await page.getByText('3 sessions selected').waitFor();
      await page.getByRole('button', { name: 'Terminate' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Terminate' }).click();
      await page.getByText('Terminating 3 sessions', { exact: true }).waitFor();
    };
    await terminate();
    expect(await page.getByText('Terminating…').count()).toBe(3);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => page.getByText('Terminating…').count()).toBe(0);
    // Longer than the moment: what was taken back does not happen after all.
    await page.waitForTimeout(6_000);
    expect(await statuses()).toEqual(['initializing', 'initializing', 'initializing']);
    await terminate();
    await page.getByText('3 sessions terminated', { exact: true }).waitFor();
    expect(await statuses()).toEqual(['terminated', 'terminated', 'terminated']);
    expect(await page.getByRole('gridcell').getByText('Terminated').count()).toBe(3);
    await close();
  }, 90_000);

  test('is walked, selected and deleted by key', async () => {
    const made = [];
    for (const n of [1, 2, 3]) made.push(await hybrid(stage.rigger, { description: `Goes ${n}`, tags: ['keys'] }));
    const { page, close } = await visit('/sessions?tags=keys');
    await page.getByRole('gridcell').getByText('Goes 3').waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.getByText('2 sessions selected').waitFor();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('2 sessions deleted', { exact: true }).waitFor();
    expect((await list('tags=keys')).map(({ id }) => id)).toEqual([made[0]!.id]);
    // The page has seen it too: else it would walk on a row that is about to go.
    await expect
      .poll(
        () =>
          page
            .getByRole('gridcell')
            .getByText(/^Goes \d$/)
            .count(),
        { timeout: 15_000 },
      )
      .toBe(1);
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    expect(await sessionOf(page)).toBe(made[0]!.id);
    await close();
  }, 90_000);

  test('is kept live: what comes is there, and what changes changes, without a word', async () => {
    const { page, close } = await visit('/sessions?tags=live');
    await page.getByText('No session is like that').waitFor();
    const { id } = await hybrid(stage.rigger, { description: 'Comes later', tags: ['live'] });
    await page.getByRole('gridcell').getByText('Comes later').waitFor();
    await stage.rigger.call('POST', `/api/sessions/${id}/terminate`);
    await page.getByRole('gridcell').getByText('Terminated').waitFor();
    await close();
  });
});

describe.skipIf(!hasChromium)('the overview', () => {
  test('answers where it stands: what is allowed runs, and what is denied is told why', async () => {
    const [first, second] = [await waiting(stage.rigger), await waiting(stage.rigger)];
    const { page, close } = await visit('/');
    const needs = page.getByRole('region', { name: 'Needs you' });
    await needs.getByText('npm pack').first().waitFor();
    expect(await page.title()).toContain('(2)');
    await page.keyboard.press('a');
    await stage.rigger.until(first.id, ({ type, data }) => type === 'permission.answered' && data.behavior === 'allow');
    await expect.poll(() => needs.getByRole('button', { name: 'Allow', exact: true }).count()).toBe(1);
    await needs.getByRole('button', { name: /^Deny/ }).click();
    await page.getByLabel('What the agent should do instead').fill('Not on a Friday');
    await page.keyboard.press('Enter');
    const denied = await stage.rigger.until(second.id, ({ type }) => type === 'permission.answered');
    expect(denied.data).toMatchObject({ behavior: 'deny', message: 'Not on a Friday' });
    await close();
  });

  test('shows what failed and what waits for money, and has it go on', async () => {
    await broken(stage.rigger);
    const { id } = await paused(stage.rigger);
    const { page, close } = await visit('/');
    const needs = page.getByRole('region', { name: 'Needs you' });
    await needs.getByText('Describe the picture').waitFor();
    await needs.getByText('Summarise the changes of the week').waitFor();
    await needs.getByRole('button', { name: 'Raise its budget' }).click();
    await page.getByLabel('New budget, USD').fill('3');
    await page.keyboard.press('Enter');
    await expect.poll(async () => (await stage.rigger.get(id)).maxBudgetUsd).toBe(3);
    await needs.getByText('Summarise the changes of the week').waitFor({ state: 'detached' });
    await close();
  });
});

describe.skipIf(!hasChromium)('usage', () => {
  test('moves after a turn, and its rows lead to the sessions that they count', async () => {
    const { id } = await hybrid(stage.rigger, { description: 'Spends', userId: 'spender' });
    const { page, close } = await visit('/usage?by=user&range=24h');
    const calls = page.locator('dt', { hasText: 'Model calls' }).locator('xpath=following-sibling::dd');
    await calls.getByText(/^\d/).waitFor();
    const before = Number((await calls.innerText()).replaceAll(',', ''));
    expect(await page.getByRole('link', { name: 'spender', exact: true }).count()).toBe(0);
    await stage.rigger.say(id, script({ text: 'Spent.', usage: { input_tokens: 100_000, output_tokens: 1_000 } }));
    const { body } = await stage.rigger.call('GET', `/api/usage?groupBy=user&userId=spender`);
    // It is asked for again by itself.
    await page.getByRole('link', { name: 'spender', exact: true }).waitFor({ timeout: 30_000 });
    expect(Number((await calls.innerText()).replaceAll(',', ''))).toBeGreaterThanOrEqual(before + body.total.calls);
    await page.getByRole('link', { name: 'spender', exact: true }).click();
    await page.getByText('Only').waitFor();
    expect(new URL(page.url()).searchParams.get('by')).toBe('session');
    await expect.poll(async () => Number((await calls.innerText()).replaceAll(',', ''))).toBe(body.total.calls);
    const csv = await page.getByRole('link', { name: 'CSV' }).getAttribute('href');
    expect(await (await fetch(`${stage.rigger.url}${csv}`)).text()).toMatch(
      new RegExp(`^hour,session,calls.*\r\n.*,${id},`),
    );
    await page.getByRole('link', { name: 'Spends', exact: true }).click();
    expect(await sessionOf(page)).toBe(id);
    await close();
  }, 60_000);

  test('shows each chart as a table too', async () => {
    const { page, close } = await visit('/usage?range=24h');
    await page.getByRole('button', { name: 'Cost by hour and pattern: as a table' }).click();
    const table = page.getByRole('table').filter({ hasText: 'Hour' });
    expect(await table.getByRole('row').count()).toBe(25);
    await close();
  });

  test('sets budgets, says what is wrong with one, and removes it', async () => {
    const { page, close } = await visit('/usage#budgets');
    const budgets = page.getByRole('region', { name: 'Budgets' });
    await budgets.getByRole('button', { name: 'Set a budget' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Whose').selectOption('user');
    await dialog.getByLabel('User').fill('ann');
    await dialog.getByLabel('In USD').fill('-5');
    await dialog.getByRole('button', { name: 'Set' }).click();
    await dialog.getByText('Too small').waitFor();
    await dialog.getByLabel('In USD').fill('5');
    await dialog.getByRole('button', { name: 'Set' }).click();
    await budgets.getByText('$5 a day').waitFor();
    expect((await stage.rigger.call('GET', '/api/budgets')).body.budgets).toMatchObject([
      { userId: 'ann', limitUsd: 5 },
    ]);
    await budgets.getByRole('button', { name: 'Remove the daily budget of ann' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await budgets.getByText('No budget').waitFor();
    await close();
  });
});

describe.skipIf(!hasChromium)('runners and settings', () => {
  test('a runner is drained after a question, and filled again', async () => {
    const { page, close } = await visit('/runners');
    await page.getByRole('button', { name: 'Drain…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Drain' }).click();
    await page.getByText('Draining').waitFor();
    expect((await stage.rigger.call('GET', '/api/runners')).body.runners[0].draining).toBe(true);
    await page.getByRole('button', { name: 'Let it be filled again' }).click();
    await page.getByText('Ready', { exact: true }).first().waitFor();
    await expect
      .poll(async () => (await stage.rigger.call('GET', '/api/runners')).body.runners[0].draining)
      .toBe(false);
    await close();
  });

  test('secrets are set, never shown, offered to a new session, and deleted', async () => {
    const { page, close } = await visit('/settings');
    await page.getByRole('button', { name: 'Add a secret' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('GITHUB_TOKEN');
    await dialog.getByLabel('Value').fill('short');
    const hosts = dialog.getByLabel('Hosts that it may be sent to');
    await hosts.fill('api.github.com');
    await hosts.press('Enter');
    await dialog.getByRole('button', { name: 'Set' }).click();
    await dialog.getByText('at least 8 characters').waitFor();
    await dialog.getByLabel('Value').fill('ghp_0123456789');
    await dialog.getByRole('button', { name: 'Set' }).click();
    await page.getByText('for api.github.com').waitFor();
    expect(await page.content()).not.toContain('ghp_0123456789');
    await page.goto(`${stage.rigger.url}/new`);
    await page.getByText('Secrets', { exact: true }).click();
    await page.getByRole('checkbox', { name: /GITHUB_TOKEN/ }).check();
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    expect((await stage.rigger.get(await sessionOf(page))).config.secrets).toEqual([{ name: 'GITHUB_TOKEN' }]);
    await page.goto(`${stage.rigger.url}/settings`);
    await page.getByRole('button', { name: 'Delete GITHUB_TOKEN' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('The vault is empty').waitFor();
    await close();
  });

  test('settings say how the server is, and lead only to what it has', async () => {
    const { page, faults, close } = await visit('/settings');
    const server = page.getByRole('region', { name: 'Server' });
    await server.getByText('the offline model').or(server.getByText('127.0.0.1')).first().waitFor();
    await server.getByRole('link', { name: 'The API, for machines' }).waitFor();
    for (const path of await server
      .getByRole('link')
      .evaluateAll((links) => links.map((link) => link.getAttribute('href')!)))
      expect((await fetch(`${stage.rigger.url}${path}`)).status).toBe(200);
    expect(faults.filter((fault) => !fault.includes('404'))).toEqual([]);
    await page.getByRole('button', { name: 'Dark' }).click();
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
    await close();
  });
});

describe.skipIf(!hasChromium)('no page keeps anybody out', () => {
  /** Each with words that are there once it is whole. */
  const PLACES: [path: string, words: string][] = [
    ['/', 'Spend by hour'],
    ['/sessions', 'Mend the login page'],
    ['/sessions?q=nothing-like-it', 'No session is like that'],
    ['/new?preset=simulation', 'The same from elsewhere'],
    ['/usage?by=session', 'Sessions created'],
    ['/schedules', 'No schedule'],
    ['/webhooks', 'No webhook'],
    ['/runners', 'Isolation'],
    ['/settings', 'The API, for machines'],
  ];
  test.each(['light', 'dark'] as const)(
    'in the %s theme, wide and narrow',
    async (colorScheme) => {
      await waiting(stage.rigger);
      const found: string[] = [];
      for (const width of [1280, 390]) {
        const { page, close } = await openForAxe(browser, width, colorScheme);
        for (const [path, words] of PLACES) {
          await page.goto(`${stage.rigger.url}${path}`);
          await page.getByText(words).first().waitFor({ state: 'attached' });
          await page.evaluate(() => {
            for (const one of document.querySelectorAll('details')) one.open = true;
          });
          await page.waitForLoadState('networkidle').catch(() => {});
          found.push(...(await violationsOf(page)).map((one) => `${width} ${path}: ${one}`));
          // Nothing sticks out at the side.
          expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
        }
        await close();
      }
      expect(found).toEqual([]);
    },
    180_000,
  );
});
