/** The documents: finished HTML that was built with the page, without a script in it. */
import { existsSync, globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from './parts.ts';

const TYPES: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  woff2: 'font/woff2',
};
const ENCODINGS = ['br', 'gz'] as const;
const ENCODING_NAMES = { br: 'br', gz: 'gzip' };

/** Nothing runs here, and nothing is loaded but styles and fonts of ours. */
const POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

interface Document {
  file: string;
  type: string;
  /** Smaller copies that were made beforehand. */
  smaller: (typeof ENCODINGS)[number][];
}

/** Every document by its address. Only what is in here is ever read. */
function documentsOf(folder: string): Map<string, Document> {
  const found = new Map<string, Document>();
  for (const path of globSync('**/*.{html,css,woff2}', { cwd: folder })) {
    const [, name = '', ending = ''] = /^(.*)\.(\w+)$/.exec(path) ?? [];
    const file = join(folder, path);
    const address = ending === 'html' ? (name === 'index' ? '' : `/${name}`) : `/${path}`;
    const smaller = ENCODINGS.filter((encoding) => existsSync(`${file}.${encoding}`));
    found.set(`/docs${address}`, { file, type: TYPES[ending]!, smaller });
  }
  return found;
}

/** Serves what the build wrote to `docs` of the page's folder at `/docs`; where there is none, there is no such route. */
export function addDocs(app: App, page: string): void {
  const documents = documentsOf(join(page, 'docs'));
  const send =
    ({ file, type, smaller }: Document) =>
    async (request: FastifyRequest, reply: FastifyReply) => {
      const accepted = String(request.headers['accept-encoding'] ?? '');
      const encoding = smaller.find((one) => accepted.includes(ENCODING_NAMES[one]));
      const body = await readFile(encoding === undefined ? file : `${file}.${encoding}`);
      return reply
        .headers({
          'content-security-policy': POLICY,
          'x-frame-options': 'DENY',
          'referrer-policy': 'no-referrer',
          'cross-origin-opener-policy': 'same-origin',
          'cache-control': 'no-cache',
          vary: 'accept-encoding',
          ...(encoding === undefined ? {} : { 'content-encoding': ENCODING_NAMES[encoding] }),
        })
        .type(type)
        .send(body);
    };
  for (const [address, document] of documents) app.get(address, { schema: { hide: true } }, send(document));
}
