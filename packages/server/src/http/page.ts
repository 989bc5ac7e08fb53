/** The page: static files that were built beforehand, under a policy by which nothing but them can run. */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import serveStatic from '@fastify/static';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { addDocs } from './docs.ts';
import type { App } from './parts.ts';

/** What the build writes where the nonce of an answer is to stand. */
const NONCE = '__CSP_NONCE__';
const YEAR_S = 31_536_000;
/** Addresses that are no pages, whatever a browser asks for there. */
const NO_PAGE = /^\/(api|v1|assets|gateway|runner|docs|metrics|healthz|readyz|openapi\.json)(\/|$)|\.\w+$/;

const NOT_BUILT = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Rigger</title>
<h1>Rigger runs; its page is not built</h1>
<p>Build it with <code>npm run build</code> in Rigger’s folder, and start the server again: <code>npm start</code> does both.</p>
<p>The API needs no page: <a href="/openapi.json">its contract</a>, <a href="/readyz">whether all is well</a>.</p>
</html>
`;

export interface Page {
  /** Whether a request that no route takes is a browser that goes to a part of the page. */
  shows(request: FastifyRequest): boolean;
  send(reply: FastifyReply): FastifyReply;
}

/** The scripts inside a document, as its policy names them: by their hash, so that no other can be put in. */
function hashesOfScripts(html: string): string[] {
  const inline = html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g);
  return [...inline].map(([, script = '']) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`);
}

/** Nothing from elsewhere, nothing inline but what is named, and nobody may put the page into a frame. */
const policy = (scripts: string[], nonce: string | null): string =>
  [
    "default-src 'self'",
    ["script-src 'self'", ...scripts].join(' '),
    `style-src 'self'${nonce === null ? '' : ` 'nonce-${nonce}'`}`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "frame-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');

/**
 * Serves the page of `folder` at `/` and its files below; without a folder, or an empty one, `/` says how to build it.
 * Files whose names carry their hash are kept by browsers for good; the document is asked for each time.
 */
export async function addPage(app: App, folder: string | null): Promise<Page> {
  const document = folder === null ? null : join(folder, 'index.html');
  const built = document !== null && existsSync(document);
  const html = built ? readFileSync(document, 'utf8') : NOT_BUILT;
  const scripts = hashesOfScripts(html);

  const send = (reply: FastifyReply): FastifyReply => {
    const nonce = built ? randomBytes(16).toString('base64') : null;
    return reply
      .code(200)
      .headers({
        'content-security-policy': policy(scripts, nonce),
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
        'cache-control': 'no-cache',
      })
      .type('text/html; charset=utf-8')
      .serializer((text: string) => text)
      .send(nonce === null ? html : html.replaceAll(NONCE, nonce));
  };
  app.get('/', { schema: { hide: true } }, (_request, reply) => send(reply));

  if (folder !== null && built) {
    addDocs(app, folder);
    await app.register(serveStatic, { root: folder, serve: false });
    const files = readdirSync(folder, { withFileTypes: true }).filter(
      (entry) => entry.isFile() && entry.name !== 'index.html' && !/^\.|\.(br|gz)$/.test(entry.name),
    );
    for (const { name } of files)
      app.get(`/${name}`, { schema: { hide: true } }, (_request, reply) =>
        reply.header('cache-control', 'no-cache').sendFile(name, { cacheControl: false }),
      );
    await app.register(serveStatic, {
      root: join(folder, 'assets'),
      prefix: '/assets/',
      decorateReply: false,
      preCompressed: true,
      index: false,
      maxAge: YEAR_S * 1_000,
      immutable: true,
    });
  }

  return {
    shows: (request) =>
      built &&
      (request.method === 'GET' || request.method === 'HEAD') &&
      (request.headers.accept ?? '').includes('text/html') &&
      !NO_PAGE.test(request.url.split('?')[0]!),
    send,
  };
}
