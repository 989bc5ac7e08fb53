/** The page as the server gives it: its policy, its caching, and which addresses are its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildPage } from './browser.ts';
import { putFile, type Stage, startStage } from './scenes.ts';

let stage: Stage;
beforeAll(async () => {
  buildPage();
  stage = await startStage();
});
afterAll(() => stage?.close());

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${stage.rigger.url}${path}`, { headers });
const asBrowser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

describe('the page as it is served', () => {
  test('allows its own files alone: no inline script but the one that is named, no eval, no frame', async () => {
    const answer = await get('/', asBrowser);
    const policy = Object.fromEntries(
      answer.headers
        .get('content-security-policy')!
        .split('; ')
        .map((part) => [part.split(' ')[0], part.split(' ').slice(1).join(' ')]),
    );
    expect(policy['default-src']).toBe("'self'");
    expect(policy['script-src']).toMatch(/^'self' 'sha256-[A-Za-z0-9+/=]{44}'$/);
    expect(policy['style-src']).toMatch(/^'self' 'nonce-[A-Za-z0-9+/=]{24}'$/);
    expect(policy['frame-ancestors']).toBe("'none'");
    expect(policy['object-src']).toBe("'none'");
    expect(policy['connect-src']).toBe("'self'");
    expect(JSON.stringify(policy)).not.toContain('unsafe');
    expect(answer.headers.get('x-frame-options')).toBe('DENY');
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('gives each answer a nonce of its own', async () => {
    const nonceOf = async () => /nonce-([^']+)'/.exec((await get('/')).headers.get('content-security-policy')!)![1]!;
    const [one, other] = [await nonceOf(), await nonceOf()];
    expect(one).not.toBe(other);
    const answer = await get('/');
    const html = await answer.text();
    expect(html).not.toContain('__CSP_NONCE__');
  });

  test('is asked for each time, while its files are kept for good and come compressed', async () => {
    const answer = await get('/', asBrowser);
    expect(answer.headers.get('cache-control')).toBe('no-cache');
    const script = /src="(\/assets\/index-[^"]+\.js)"/.exec(await answer.text())![1]!;
    for (const encoding of ['br', 'gzip']) {
      const file = await get(script, { 'accept-encoding': encoding });
      expect(file.headers.get('content-encoding')).toBe(encoding);
      expect(file.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(file.headers.get('content-type')).toContain('javascript');
      expect(await file.text()).toContain('createRoot');
    }
    expect((await get('/favicon.svg')).headers.get('content-type')).toContain('svg');
    expect((await get('/assets/index-nothing.js', asBrowser)).status).toBe(404);
    expect((await get('/assets/..%2f.vite%2fmanifest.json')).status).not.toBe(200);
  });

  test('answers for its own addresses, and never for those of the API', async () => {
    for (const path of ['/', '/sessions/sess_1', '/usage', '/anything/at/all'])
      expect(await (await get(path, asBrowser)).text(), path).toContain('<div id="root">');
    for (const path of [
      '/api',
      '/api/nothing',
      '/v1/sessions',
      '/runner/v1/nothing',
      '/gateway/x',
      '/assets/x',
      '/favicon.ico',
    ]) {
      const answer = await get(path, asBrowser);
      expect(answer.status, path).toBeGreaterThanOrEqual(400);
      expect(answer.headers.get('content-type'), path).toMatch(/json/);
    }
    expect(await (await get('/healthz', asBrowser)).json()).toMatchObject({ status: 'ok' });
    // A program that asks for no page is told that there is no such route.
    expect((await get('/sessions/sess_1', { accept: 'application/json' })).status).toBe(404);
    expect((await fetch(`${stage.rigger.url}/sessions/sess_1`, { method: 'POST', headers: asBrowser })).status).toBe(
      404,
    );
  });

  test('a file that an agent wrote is never a page of ours', async () => {
    const { id } = await stage.rigger.create({ pattern: 'hybrid' });
    await putFile(stage.rigger, id, 'page.html', '<script>alert(1)</script>');
    const answer = await get(`/api/sessions/${id}/files/page.html`, asBrowser);
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment/);
    expect(answer.headers.get('content-security-policy')).toContain('sandbox');
  });

  test('without a built page, says at / how to build it, and serves the API', async () => {
    const { makeApp } = await import('../../server/src/http/app.ts');
    const { default: pino } = await import('pino');
    const folder = mkdtempSync(join(tmpdir(), 'rigger-page-'));
    const parts = { streams: { endAll: () => {} }, drain: { active: false }, version: '0' };
    const app = await makeApp(parts as never, {
      log: pino({ level: 'silent' }),
      host: '127.0.0.1',
      maxBodyBytes: 1_024,
      page: folder,
    });
    try {
      const answer = await app.inject({ url: '/', headers: asBrowser });
      expect(answer.statusCode).toBe(200);
      expect(answer.body).toContain('npm run build');
      expect(answer.headers['content-security-policy']).toContain("default-src 'self'");
      expect((await app.inject('/healthz')).json()).toMatchObject({ status: 'ok' });
      expect((await app.inject({ url: '/sessions/x', headers: asBrowser })).statusCode).toBe(404);
    } finally {
      await app.close();
      rmSync(folder, { recursive: true });
    }
  });
});
