/** The page of a session, as somebody uses it: a real browser, a real server, real agents. */
import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildPage, hasChromium, launch, type Opened, open } from './browser.ts';
import { crew, fill, hybrid, putFile, type Stage, startStage, waiting } from './scenes.ts';

let stage: Stage;
let browser: Browser;
beforeAll(async () => {
  if (!hasChromium) return;
  buildPage();
  [stage, browser] = await Promise.all([startStage(), launch()]);
});
afterAll(async () => {
  await browser?.close();
  await stage?.close();
});

const at = (id: string, rest = ''): string => `${stage.rigger.url}/sessions/${id}${rest}`;
const transcript = (page: Page) => page.getByLabel('Transcript', { exact: true });
const message = (page: Page) => page.getByRole('textbox', { name: 'Message' });

async function withPage(url: string, work: (opened: Opened) => Promise<void>): Promise<void> {
  const opened = await open(browser, url);
  try {
    await work(opened);
    expect(opened.faults).toEqual([]);
  } catch (error) {
    // What was on the screen says more than a time-out.
    const shown = await opened.page
      .locator('body')
      .innerText()
      .catch(() => '');
    (error as Error).message += `\n--- on the screen ---\n${shown.slice(0, 3_000)}`;
    throw error;
  } finally {
    await opened.close();
  }
}

describe.skipIf(!hasChromium)('the page of a session', () => {
  test('shows words as they come, and what was written stays until it is sent', async () => {
    const { id } = await hybrid(stage.rigger, { description: 'Stories' });
    await withPage(at(id), async ({ page }) => {
      await message(page).fill('Please tell me a long story.');
      await page.reload();
      expect(await message(page).inputValue()).toBe('Please tell me a long story.');
      await page.evaluate(() => {
        const lengths: number[] = [];
        Object.assign(globalThis, { lengths });
        const look = () => {
          const prose = document.querySelector('[data-kind="text"] .prose');
          if (prose !== null) lengths.push(prose.textContent.length);
          requestAnimationFrame(look);
        };
        look();
      });
      await message(page).press('Control+Enter');
      await page.getByText('Running', { exact: true }).first().waitFor();
      await page.getByText(/first token/).waitFor();
      const lengths = await page.evaluate(() => (globalThis as unknown as { lengths: number[] }).lengths);
      expect(new Set(lengths).size).toBeGreaterThan(5);
      // Words are added to what stands there: nothing is drawn anew, and nothing goes away.
      expect(lengths).toEqual([...lengths].sort((a, b) => a - b));
      expect(await transcript(page).getByRole('heading', { name: 'The rigger' }).count()).toBe(1);
      expect(await transcript(page).getByText('a long one only for those who were there').count()).toBe(1);
      expect(await message(page).inputValue()).toBe('');
      await page.getByText('Idle', { exact: true }).first().waitFor();
    });
  });

  test('holds still for a reader who scrolled up, and says how much is new below', async () => {
    const { id } = await hybrid(stage.rigger);
    await fill(stage.rigger, id);
    for (let n = 0; n < 3; n += 1) await stage.rigger.say(id, 'The totals of the cart are wrong: mend it.');
    await withPage(at(id), async ({ page }) => {
      const rows = transcript(page);
      await rows
        .getByText(/first token/)
        .last()
        .waitFor();
      await rows.hover();
      await page.mouse.wheel(0, -900);
      await page.getByRole('button', { name: 'To the end' }).waitFor();
      const before = await rows.evaluate((element) => element.scrollTop);
      const seen = await rows.locator('[data-index]').nth(3).innerText();
      await stage.rigger.say(id, 'And tell me a long story.');
      await page.getByRole('button', { name: /\d+ new below/ }).waitFor();
      expect(await rows.evaluate((element) => element.scrollTop)).toBe(before);
      expect(await rows.locator('[data-index]').nth(3).innerText()).toBe(seen);
      await page.getByRole('button', { name: /new below/ }).click();
      await rows.getByText('a long one only for those who were there').waitFor();
      await page.getByRole('button', { name: /below|To the end/ }).waitFor({ state: 'detached' });
    });
  });

  test('opens each tool to its true form: a diff, a terminal with its exit code, code with its lines', async () => {
    const { id } = await hybrid(stage.rigger);
    await fill(stage.rigger, id);
    await stage.rigger.say(id, 'The totals of the cart are wrong: mend it.');
    await withPage(at(id), async ({ page }) => {
      const rows = transcript(page);
      await rows.getByText(/first token/).waitFor();
      await rows.evaluate((element) => element.scrollTo(0, 0));
      const tool = (name: string) => rows.locator(`button[data-tool="${name}"]`).first();
      await tool('Read').click();
      await rows.getByText('Math.round(price)').first().waitFor();
      await tool('Read').click();
      await tool('Bash').scrollIntoViewIfNeeded();
      expect(await tool('Bash').getAttribute('data-state')).toBe('failed');
      await tool('Bash').click();
      await rows.getByText('exit code 1', { exact: true }).waitFor();
      await tool('Bash').click();
      await tool('Edit').scrollIntoViewIfNeeded();
      expect(await tool('Edit').innerText()).toContain('+3');
      await tool('Edit').click();
      await rows.getByText('// Money is rounded once, when all of it is there.').waitFor();
      // Colours come when the highlighter is there.
      await rows.locator('.code-comment', { hasText: 'Money is rounded once' }).waitFor();
    });
  });

  test('lets a person allow by key, and counts what waits in the title', async () => {
    const { id } = await waiting(stage.rigger);
    await withPage(at(id), async ({ page }) => {
      await page.getByRole('heading', { name: 'Allow Bash?' }).waitFor();
      await page.waitForFunction(() => document.title.startsWith('(1) '));
      await page.getByText('1 waits for you').waitFor();
      await transcript(page).focus();
      await page.keyboard.press('a');
      await transcript(page).getByText('Allowed', { exact: true }).waitFor();
      await transcript(page).getByText('Done: ').waitFor();
      await page.waitForFunction(() => document.title === 'Publish cart 1.4.0 to the registry · Rigger');
    });
  });

  test('lets a person change what a tool is given', async () => {
    const { id } = await waiting(stage.rigger);
    await withPage(at(id), async ({ page }) => {
      await page.getByLabel('Waits for you').getByRole('button', { name: 'Edit', exact: true }).click();
      await page
        .getByRole('textbox', { name: 'The command' })
        .fill('echo changed by hand > by-hand.txt; cat by-hand.txt');
      await page.getByRole('button', { name: 'Allow with this' }).click();
      await transcript(page).getByText('Done: changed by hand').waitFor();
    });
    expect(await (await fetch(`${stage.rigger.url}/api/sessions/${id}/files/by-hand.txt`)).text()).toBe(
      'changed by hand\n',
    );
  });

  test('lets a person deny with a word to the agent', async () => {
    const { id } = await waiting(stage.rigger);
    await withPage(at(id), async ({ page }) => {
      await page.getByRole('heading', { name: 'Allow Bash?' }).waitFor();
      await transcript(page).focus();
      await page.keyboard.press('d');
      await page.getByRole('textbox', { name: /What the agent should do instead/ }).fill('Not on a Friday.');
      await page.keyboard.press('Enter');
      await transcript(page).getByText('I did not publish it: Not on a Friday.').waitFor();
    });
  });

  test('asks the agent’s questions as a form', async () => {
    const { id } = await waiting(stage.rigger, 'Please set up the database.');
    await withPage(at(id), async ({ page }) => {
      await page.getByRole('radio', { name: /PostgreSQL/ }).check();
      const answer = page.getByRole('button', { name: 'Answer', exact: true });
      expect(await answer.isDisabled()).toBe(true);
      await page.getByRole('checkbox', { name: /Staging/ }).check();
      await page.getByRole('textbox', { name: /Which environments/ }).fill('and a sandbox');
      await answer.click();
      await transcript(page)
        .getByText(/I'll set it up/)
        .waitFor();
    });
    const answered = (await stage.rigger.call('GET', `/api/sessions/${id}/permissions?status=all`)).body.permissions;
    expect(answered).toMatchObject([{ status: 'answered' }]);
    expect(JSON.stringify(await stage.rigger.events(id))).toContain('Staging, and a sandbox');
  });

  test('puts files into the workspace, shows them, gives them back and removes them', async () => {
    const { id } = await hybrid(stage.rigger);
    await withPage(at(id, '?tab=files'), async ({ page }) => {
      await page.getByText('The workspace is empty').waitFor();
      const text = 'export const answer = 42;\n';
      await page
        .getByLabel('Files to upload')
        .setInputFiles({ name: 'answer.ts', mimeType: 'text/plain', buffer: Buffer.from(text) });
      await page.getByRole('button', { name: /answer\.ts/ }).click();
      const viewer = page.getByRole('dialog', { name: 'answer.ts' });
      await viewer.locator('.code-keyword', { hasText: 'export' }).waitFor();
      expect(new URL(page.url()).searchParams.get('file')).toBe('answer.ts');
      const downloading = page.waitForEvent('download');
      await viewer.getByRole('link', { name: 'Download' }).click();
      const download = await downloading;
      expect(download.suggestedFilename()).toBe('answer.ts');
      expect(readFileSync(await download.path(), 'utf8')).toBe(text);
      await viewer.getByRole('button', { name: 'Delete the file' }).click();
      await page.getByRole('dialog', { name: 'Delete answer.ts?' }).getByRole('button', { name: 'Delete' }).click();
      await page.getByText('The workspace is empty').waitFor();
    });
    expect((await stage.rigger.call('GET', `/api/sessions/${id}/files`)).body.entries).toEqual([]);
  });

  test('sends files with a message, as what they are', async () => {
    const { id } = await hybrid(stage.rigger);
    await withPage(at(id), async ({ page }) => {
      await page.getByLabel('Files to attach').setInputFiles([
        { name: 'note.md', mimeType: 'text/markdown', buffer: Buffer.from('# Note\n') },
        { name: 'data.bin', mimeType: 'application/octet-stream', buffer: Buffer.from([0, 1, 2]) },
      ]);
      await message(page).fill('Look at these.');
      await page.getByRole('button', { name: 'Send' }).click();
      await transcript(page)
        .getByText(/first token/)
        .waitFor();
      await transcript(page).getByText('note.md').first().waitFor();
    });
    const [turn] = await stage.rigger.turns(id);
    expect(turn?.prompt).toMatchObject([
      { type: 'document', title: 'note.md', source: { type: 'text', data: '# Note\n' } },
      { type: 'text', text: 'Look at these.\n\nIn the workspace now: data.bin' },
    ]);
    expect((await fetch(`${stage.rigger.url}/api/sessions/${id}/files/data.bin`)).status).toBe(200);
  });

  test('queues while a turn runs, interrupts it by key, forks, and terminates after asking', async () => {
    const { id } = await hybrid(stage.rigger, { description: 'Watch the logs' });
    await withPage(at(id), async ({ page }) => {
      await message(page).fill('Please work until I stop you.');
      await page.getByRole('button', { name: 'Send' }).click();
      await transcript(page).locator('button[data-tool="Bash"][data-state="running"]').waitFor();
      await message(page).fill('What next?');
      await page.getByRole('button', { name: 'Queue' }).click();
      await page.getByRole('list', { name: 'Waiting messages' }).getByText('What next?').waitFor();
      await transcript(page).focus();
      await page.keyboard.press('i');
      await transcript(page).getByText('Interrupted', { exact: true }).waitFor();
      await transcript(page).getByText('You said: “What next?”').waitFor();
      await page.getByText('Idle', { exact: true }).first().waitFor();

      await page.getByRole('button', { name: 'Actions', exact: true }).click();
      await page.getByRole('menuitem', { name: 'Fork from here' }).click();
      await page.waitForURL((url) => !url.pathname.endsWith(id));
      const fork = new URL(page.url()).pathname.split('/').at(-1)!;
      expect((await stage.rigger.get(fork)).config).toMatchObject({ resumeSessionId: id, forkSession: true });

      await page.getByRole('button', { name: 'Actions', exact: true }).click();
      await page.getByRole('menuitem', { name: 'Terminate…' }).click();
      await page
        .getByRole('dialog', { name: 'Terminate this session?' })
        .getByRole('button', { name: 'Terminate' })
        .click();
      await page.getByText('This session was terminated: by request.').waitFor();
      expect((await stage.rigger.get(fork)).status).toBe('terminated');
      await page.goBack();
      await page.waitForURL(at(id));
    });
  });

  test('shows agents beside each other, and speaks to the one that is chosen', async () => {
    const { id } = await crew(stage.rigger);
    await withPage(at(id, '?agent=*'), async ({ page }) => {
      const tester = page.getByLabel('Transcript of tester');
      await tester.getByText('One of six fails: case 6.').waitFor();
      await page.getByLabel('Transcript of writer').getByText('The notes are in').waitFor();
      await page.getByRole('button', { name: 'tester', exact: true }).click();
      expect(new URL(page.url()).searchParams.get('agent')).toBe('tester');
      expect(await page.getByRole('combobox', { name: 'Agent' }).inputValue()).toBe('tester');
      await message(page).fill('Once more, tester');
      await page.getByRole('button', { name: 'Send' }).click();
      await transcript(page).getByText('You said: “Once more, tester”').waitFor();
    });
    expect((await stage.rigger.turns(id)).at(-1)).toMatchObject({ agent: 'tester' });
  });

  test('forks after a message, and takes snapshots that a fork can go on from', async () => {
    const { id } = await hybrid(stage.rigger, { description: 'The trunk' });
    await fill(stage.rigger, id);
    await stage.rigger.say(id, 'one');
    await stage.rigger.say(id, 'two');
    await withPage(at(id, '?tab=snapshots'), async ({ page }) => {
      await page.getByRole('button', { name: 'Take a snapshot' }).click();
      await page.getByText('Taken by hand').waitFor();
      await page.getByRole('button', { name: /Actions of the snapshot/ }).click();
      await page.getByRole('menuitem', { name: 'Fork from it' }).click();
      await page.waitForURL((url) => !url.pathname.endsWith(id));
      await page.getByRole('link', { name: /Goes on from/ }).click();
      await page.waitForURL(at(id));
      const words = transcript(page).getByText('You said: “one”');
      await words.hover();
      await page.getByRole('button', { name: 'Fork after this message' }).first().click();
      await page.waitForURL((url) => !url.pathname.endsWith(id));
    });
    const forks = (await stage.rigger.call('GET', '/api/sessions?limit=50')).body.sessions.filter(
      (one: { config: { resumeSessionId?: string } }) => one.config.resumeSessionId === id,
    );
    expect(forks).toHaveLength(2);
    const said = await stage.rigger.say(forks[0].id, 'What did I say?');
    expect(said.response.content).toContain('one');
    expect(said.response.content).not.toContain('two');
  });

  test('moves by key, finds by the palette, and its address says what is seen', async () => {
    const { id } = await hybrid(stage.rigger, { description: 'Found by its name' });
    await stage.rigger.say(id, 'Hello');
    await withPage(stage.rigger.url, async ({ page }) => {
      await page
        .getByRole('link', { name: /Found by its name/ })
        .first()
        .waitFor();
      await page.keyboard.press('Control+k');
      await page.keyboard.type('found by its');
      await page.getByRole('option', { name: /Found by its name/ }).waitFor();
      await page.keyboard.press('Enter');
      await page.waitForURL(at(id));
      await transcript(page).getByText('You said: “Hello”').waitFor();
      await page.keyboard.press('k');
      await page.waitForURL(/event=\d+/);
      await page.getByRole('tab', { name: 'Events' }).click();
      await page
        .getByRole('button', { name: /turn\.finished|session\.status_changed/ })
        .first()
        .waitFor();
      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: 'Keys' }).getByText('Next row').waitFor();
    });
  });

  test('lets nothing that an agent wrote act: no script, no frame, no foreign picture', async () => {
    const { id } = await hybrid(stage.rigger);
    const evil = [
      '<script>window.pwned = 1</script>',
      '<img src=x onerror="window.pwned = 2">',
      '<iframe srcdoc="<script>parent.pwned = 3</script>"></iframe>',
      '[click](javascript:window.pwned=4)',
      '[data](data:text/html,<script>window.pwned=5</script>)',
      '![far](https://example.com/tracker.png)',
      '![svg](data:image/svg+xml;base64,PHN2Zz48c2NyaXB0Pjwvc2NyaXB0Pjwvc3ZnPg==)',
      '[fine](https://example.com)',
      '<svg onload="window.pwned = 6"></svg>',
    ].join('\n\n');
    await putFile(stage.rigger, id, 'evil.html', '<script>window.pwned = 7</script>');
    await putFile(stage.rigger, id, 'evil.svg', '<svg xmlns="http://www.w3.org/2000/svg" onload="window.pwned = 8"/>');
    await stage.rigger.say(id, `\`\`\`offline\n${JSON.stringify([{ text: evil }])}\n\`\`\``);
    await withPage(at(id), async ({ page }) => {
      const rows = transcript(page);
      await rows.getByRole('link', { name: 'fine' }).waitFor();
      expect(await rows.locator('script, iframe, img, svg:not(.lucide)').count()).toBe(0);
      const links = await rows
        .locator('.prose a')
        .evaluateAll((all) => all.map((one) => ({ href: one.getAttribute('href'), rel: one.getAttribute('rel') })));
      expect(links).toEqual([{ href: 'https://example.com', rel: 'noopener noreferrer nofollow' }]);
      expect(await rows.getByText('window.pwned = 1').count()).toBeGreaterThan(0);
      for (const file of ['evil.html', 'evil.svg']) {
        await page.goto(at(id, `?tab=files&file=${file}`));
        await page.getByRole('dialog', { name: file }).getByText('window.pwned').waitFor();
      }
      expect(await page.evaluate(() => (globalThis as { pwned?: number }).pwned)).toBeUndefined();
    });
  });

  test('says what became of a session that is gone, and of one that never was', async () => {
    const { id } = await hybrid(stage.rigger, { description: 'Short-lived' });
    await withPage(at(id), async ({ page }) => {
      await page.getByText('Nothing has been said yet').waitFor();
      await page.getByRole('button', { name: 'Actions', exact: true }).click();
      await page.getByRole('menuitem', { name: 'Delete…' }).click();
      await page
        .getByRole('dialog', { name: 'Delete this session?' })
        .getByRole('button', { name: 'Delete for good' })
        .click();
      await page.waitForURL(`${stage.rigger.url}/`);
    });
    expect((await stage.rigger.call('GET', `/api/sessions/${id}`)).status).toBe(404);
    const opened = await open(browser, at(id));
    await opened.page.getByRole('alert').getByText('Session not found').waitFor();
    await opened.page.getByText('session_not_found').waitFor();
    await opened.close();
  });
});
