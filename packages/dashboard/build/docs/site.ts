/** The documents as files of a site: `/docs`, the contract, the tutorials and the guides. No script is in any of them. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type OpenApi, renderContract } from './contract.ts';
import { type Html, html } from './html.ts';
import { type Guide, type Heading, renderGuide } from './markdown.ts';

/** What is read first stands first; a guide that is in no group comes at the end by itself. */
const GROUPS: [title: string, files: string[]][] = [
  [
    'Using it',
    ['HOSTING_PATTERNS', 'PAGE', 'CLI', 'APPROVALS', 'FILES', 'SNAPSHOTS', 'SCHEDULES', 'WEBHOOKS', 'MONEY'],
  ],
  ['The API', ['API_SESSIONS']],
  [
    'Running it',
    [
      'SETTINGS',
      'SANDBOXES',
      'NETWORK',
      'PRODUCTION',
      'MANY_SERVERS',
      'CAPACITY',
      'BACKUP',
      'OBSERVABILITY',
      'TROUBLESHOOTING',
      'RELIABILITY',
      'BENCHMARKS',
    ],
  ],
];
const TUTORIALS = ['ephemeral', 'long-running', 'hybrid', 'single-container'];

interface Entry {
  address: string;
  title: string;
  /** Its first words, for the list of all. */
  about: string;
}

/** `docs/API_SESSIONS.md` is `/docs/api-sessions`. */
const addressOf = (path: string): string =>
  `/${path
    .replace(/\.md$/, '')
    .toLowerCase()
    .replaceAll('_', '-')
    .replace(/\/readme$/, '')}`;

/** The first sentence of a document's first paragraph, without what makes it Markdown. */
const firstWords = (text: string): string => {
  const paragraph = text.split(/\n\s*\n/).find((part) => /^[A-Z`“[]/.test(part.trim())) ?? '';
  const plain = paragraph
    .replace(/\[([^\]]+)\]\([^)]*\)/g, '$1')
    .replace(/[`*]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  return /^.*?[.:](?=\s|$)/.exec(plain)?.[0].replace(/:$/, '.') ?? plain;
};

function frame(title: string, here: string, groups: [string, Entry[]][], headings: Heading[], body: Html): string {
  const nav = html`${groups.map(
    ([name, entries]) =>
      html`<h2>${name}</h2><ul>${entries.map(
        (one) =>
          html`<li><a href="${one.address}"${one.address === here && html` aria-current="page"`}>${one.title}</a></li>`,
      )}</ul>`,
  )}`;
  const within = headings.filter(({ level }) => level === 2);
  return html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Rigger</title>
<link rel="icon" href="/favicon.svg">
<link rel="stylesheet" href="/docs/docs.css">
<a class="skip" href="#main">Skip to the content</a>
<header><a class="logo" href="/docs">Rigger <span>docs</span></a><nav aria-label="Elsewhere"><a href="/docs/api">The API</a><a href="/">The page</a></nav></header>
<div class="columns">
<nav class="pages" aria-label="Documents"><details><summary>All documents</summary>${nav}</details><div class="wide">${nav}</div></nav>
<main id="main">${body}</main>
${within.length > 1 ? html`<nav class="within" aria-label="On this page"><h2>On this page</h2><ul>${within.map(({ text, id }) => html`<li><a href="#${id}">${text}</a></li>`)}</ul></nav>` : html`<span></span>`}
</div>
</html>
`.text;
}

const homeBody = (groups: [string, Entry[]][]): Html => html`<h1>Rigger’s documents</h1>
<p>Rigger is a self-hosted home for Claude Agent SDK agents: sessions under one of four patterns, each in a sandbox with files, a memory, and limits of time, money and turns.</p>
${groups.map(
  ([name, entries]) =>
    html`<h2>${name}</h2><ul class="cards">${entries.map(
      ({ address, title, about }) =>
        html`<li><a href="${address}"><strong>${title}</strong><span>${about}</span></a></li>`,
    )}</ul>`,
)}`;

/** @param root the repository's folder @returns texts by the name of their file below the built page */
export function renderSite(root: string): Map<string, string> {
  const read = (path: string): string => readFileSync(join(root, path), 'utf8');
  const paths = globSync('docs/**/*.md', { cwd: root }).sort();
  const served = new Set(paths);
  const where = (path: string): string | null =>
    path === 'docs/openapi.json' ? '/docs/api' : served.has(path) ? addressOf(path) : null;
  const guides = new Map<string, Guide>(paths.map((path) => [path, renderGuide(path, read(path), where)]));
  const entry = (path: string): Entry[] => {
    const guide = guides.get(path);
    return guide === undefined ? [] : [{ address: addressOf(path), title: guide.title, about: firstWords(read(path)) }];
  };
  const grouped = new Set(GROUPS.flatMap(([, names]) => names).map((name) => `docs/${name}.md`));
  const others = paths.filter((path) => /^docs\/[^/]+\.md$/.test(path) && !grouped.has(path));
  const contract: Entry = {
    address: '/docs/api',
    title: 'Every route',
    about: 'The whole contract, with every member.',
  };
  const groups: [string, Entry[]][] = [
    ['Tutorials', TUTORIALS.flatMap((name) => entry(`docs/tutorials/${name}.md`))] as [string, Entry[]],
    ...GROUPS.map(([title, names]): [string, Entry[]] => {
      const entries = names.flatMap((name) => entry(`docs/${name}.md`));
      if (title === 'The API') return [title, [contract, ...entries]];
      return [title, title === 'Running it' ? [...entries, ...others.flatMap(entry)] : entries];
    }),
    ['Why it is so', entry('docs/decisions/README.md')] as [string, Entry[]],
  ].filter(([, entries]) => entries.length > 0);

  const files = new Map<string, string>();
  files.set('docs/index.html', frame('Documents', '/docs', groups, [], homeBody(groups)));
  const api = renderContract(JSON.parse(read('docs/openapi.json')) as OpenApi);
  files.set('docs/api.html', frame('The API', contract.address, groups, api.headings, api.body));
  for (const [path, { title, headings, body }] of guides) {
    const address = addressOf(path);
    files.set(`${address.slice(1)}.html`, frame(title, address, groups, headings, body));
  }
  return files;
}
