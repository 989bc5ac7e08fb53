/** The documents as the server gives them: finished HTML without a script, whose links lead somewhere. */
import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openForAxe, violationsOf } from './axe.ts';
import { buildPage, hasChromium, launch, open } from './browser.ts';
import { type Stage, startStage } from './scenes.ts';

let stage: Stage;
let browser: Browser;
beforeAll(async () => {
  buildPage();
  stage = await startStage();
  if (hasChromium) browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await stage?.close();
});

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${stage.rigger.url}${path}`, { headers });
const linksOf = (html: string): string[] => [...html.matchAll(/\shref="([^"]+)"/g)].map((match) => match[1]!);

describe('the documents', () => {
  test('run nothing, load styles and fonts of ours alone, and come compressed', async () => {
    const answer = await get('/docs', { 'accept-encoding': 'br' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-encoding')).toBe('br');
    const policy = answer.headers.get('content-security-policy')!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/script-src|unsafe/);
    const plain = await get('/docs', { 'accept-encoding': 'identity' });
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(await plain.text()).not.toMatch(/<script|<style|\sstyle=/);
    expect((await get('/docs/docs.css')).headers.get('content-type')).toBe('text/css; charset=utf-8');
    expect((await get('/docs/geist.woff2')).headers.get('content-type')).toBe('font/woff2');
    for (const path of ['/docs/nothing', '/docs/..%2fmanifest.json', '/docs/docs.css.br'])
      expect((await get(path, { accept: 'text/html' })).status, path).toBe(404);
  });

  test('lead to each other, and every link of theirs leads somewhere', async () => {
    const [seen, queue] = [new Map<string, string>(), ['/docs']];
    for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
      if (seen.has(path)) continue;
      const answer = await get(path);
      expect(answer.status, path).toBe(200);
      const html = await answer.text();
      seen.set(path, html);
      for (const link of linksOf(html)) {
        const [page = ''] = link.split('#');
        if (/^\/docs(\/|$)/.test(page) && !page.includes('.')) queue.push(page);
        else if (link.startsWith('/')) expect((await get(page)).status, `${path} → ${link}`).toBe(200);
      }
    }
    expect(seen.size).toBeGreaterThan(40);
    for (const [path, html] of seen)
      for (const link of linksOf(html)) {
        const [page = '', hash] = link.split('#');
        if (hash === undefined || /^https?:/.test(link)) continue;
        const target = seen.get(page === '' ? path : page);
        expect(target?.includes(` id="${hash}"`), `${path} → ${link}`).toBe(true);
      }
  }, 60_000);

  test('have every route of the contract, with its parameters, its body and its errors', async () => {
    const html = await (await get('/docs/api')).text();
    const { paths } = (await (await get('/openapi.json')).json()) as { paths: Record<string, object> };
    let routes = 0;
    for (const [path, methods] of Object.entries(paths))
      for (const method of Object.keys(methods)) {
        routes += 1;
        const written = path.replace('{*}', '*path').replace(/\{(\w+)\}/g, ':$1');
        const heading = `>${method.toUpperCase()}</span> <code>${written}</code>`;
        expect(html.includes(heading), heading).toBe(true);
      }
    expect(routes).toBeGreaterThan(50);
    const create = /<section class="route" id="post-api-sessions">[\s\S]*?<\/section>/.exec(html)![0];
    for (const part of ['idempotency-key', 'SessionCreateRequest', '<code>201</code>', '<code>409</code>'])
      expect(create).toContain(part);
    expect(html).toMatch(/<dt><code>maxBudgetUsd<\/code>/);
  });

  test('are those of the repository', async () => {
    const title = /^# (.+)$/m.exec(readFileSync(new URL('../../../docs/WEBHOOKS.md', import.meta.url), 'utf8'))![1]!;
    const html = await (await get('/docs/webhooks')).text();
    expect(html.includes(`<h1 id="webhooks">${title}</h1>`)).toBe(true);
  });

  test.skipIf(!hasChromium)(
    'are read wide and narrow, in both themes, by everybody',
    async () => {
      const found: string[] = [];
      for (const theme of ['light', 'dark'] as const)
        for (const width of [1280, 390]) {
          const { page, close } = await openForAxe(browser, width, theme);
          for (const path of ['/docs', '/docs/api-sessions', '/docs/tutorials/hybrid', '/docs/decisions']) {
            await page.goto(`${stage.rigger.url}${path}`);
            found.push(...(await violationsOf(page)).map((one) => `${theme} ${width} ${path}: ${one}`));
            expect(
              await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
              path,
            ).toBeLessThanOrEqual(0);
          }
          await close();
        }
      expect(found).toEqual([]);
      const { page, faults, close } = await open(browser, `${stage.rigger.url}/docs`);
      await page.getByRole('navigation', { name: 'Documents' }).getByRole('link', { name: 'Webhooks' }).click();
      await page.getByRole('heading', { level: 1, name: 'Webhooks' }).waitFor();
      await page.getByRole('link', { name: 'The API' }).first().click();
      await page.getByRole('heading', { level: 1, name: 'The API' }).waitFor();
      expect(faults).toEqual([]);
      await close();
    },
    90_000,
  );
});
