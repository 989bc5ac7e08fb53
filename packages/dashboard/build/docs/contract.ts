/** The contract as one page: every route with what it takes and answers, and every shape that they name. */
import { anchorOf, type Html, html, said } from './html.ts';
import type { Heading } from './markdown.ts';
import { inside, member, type Schema, shapesIn, typeOf } from './shapes.ts';

interface Content {
  content?: Record<string, { schema?: Schema }>;
}
interface Operation {
  summary?: string;
  description?: string;
  tags?: string[];
  parameters?: { name: string; in: string; required?: boolean; description?: string; schema: Schema }[];
  requestBody?: Content & { required?: boolean };
  responses: Record<string, Content & { description?: string }>;
}
export interface OpenApi {
  info: { title: string; version: string; description?: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}
export interface Route extends Operation {
  method: string;
  path: string;
  id: string;
}

const PLACES = [
  ['path', 'In its address'],
  ['query', 'After the question mark'],
  ['header', 'Headers'],
] as const;
const STATUSES: Record<string, string> = {
  101: 'the connection is a WebSocket',
  200: 'done',
  201: 'made',
  202: 'taken on',
  204: 'done',
  206: 'a part of it',
  304: 'not changed',
};
const TAG_WORDS: Record<string, string> = { system: 'The server itself' };
const wordOf = (tag: string): string => TAG_WORDS[tag] ?? `${tag[0]!.toUpperCase()}${tag.slice(1)}`;

/** Routes by what they are about, as the document has them. */
export function groupsOf({ paths }: OpenApi): [tag: string, routes: Route[]][] {
  const groups = new Map<string, Route[]>();
  for (const [path, methods] of Object.entries(paths))
    for (const [name, operation] of Object.entries(methods)) {
      const [tag = 'other'] = operation.tags ?? [];
      const method = name.toUpperCase();
      const id = anchorOf(`${method} ${path.replace(/[{}*]/g, '').replaceAll('/', ' ')}`).replace(/-+/g, '-');
      groups.set(tag, [...(groups.get(tag) ?? []), { ...operation, method, path, id }]);
    }
  return [...groups].sort(([a], [b]) => Number(a === 'system') - Number(b === 'system'));
}

/** A path as people write it: `/api/sessions/:id`. */
const written = (path: string): string => path.replace('{*}', '*path').replace(/\{(\w+)\}/g, ':$1');

function bodies({ content = {} }: Content): Html {
  return html`${Object.entries(content).map(
    ([type, { schema }]) =>
      html`<p class="type"><code>${type}</code>${schema !== undefined && html`: ${typeOf(schema)}`}</p>${
        schema !== undefined && inside(schema)
      }`,
  )}`;
}

function routeHtml(route: Route): Html {
  const { method, path, id, summary = '', description, parameters = [], requestBody, responses } = route;
  const answers = Object.entries(responses);
  const good = answers.filter(([status]) => Number(status) < 400);
  const bad = answers.filter(([status]) => Number(status) >= 400).map(([status]) => status);
  return html`<section class="route" id="${id}">
<h3><a href="#${id}"><span class="method ${method.toLowerCase()}">${method}</span> <code>${written(path)}</code></a></h3>
<p>${said(summary)}${/[.!?]$/.test(summary) ? '' : '.'}${description !== undefined && html` ${said(description)}`}</p>
${PLACES.map(([place, title]) => {
  const found = parameters.filter((one) => one.in === place);
  return (
    found.length > 0 &&
    html`<h4>${title}</h4><dl class="members">${found.map(({ name, schema, required = false, description: about }) =>
      member(name, about === undefined ? schema : { ...schema, description: about }, required, 0),
    )}</dl>`
  );
})}
${requestBody !== undefined && html`<h4>Body${requestBody.required !== true && ', which may be left out'}</h4>${bodies(requestBody)}`}
<h4>Answers</h4>
<dl class="members">${good.map(
    ([status, answer]) =>
      html`<dt><code>${status}</code></dt><dd><span class="type">${STATUSES[status] ?? answer.description ?? ''}</span>${bodies(answer)}</dd>`,
  )}</dl>
${bad.length > 0 && html`<p class="type">Errors: ${bad.map((status, n) => html`${n > 0 && ', '}<code>${status}</code>`)}, each a <a href="#shape-Problem">Problem</a> with one of <a href="/docs/api-sessions#errors">these codes</a>.</p>`}
</section>`;
}

/** Every shape that the routes name, and what those name in turn. */
function shapesOf(document: OpenApi): string[] {
  const { schemas } = document.components;
  const found = new Set<string>();
  const follow = (names: string[]): void => {
    for (const name of names)
      if (!found.has(name) && schemas[name] !== undefined) {
        found.add(name);
        follow(shapesIn(schemas[name]));
      }
  };
  follow(shapesIn(document.paths));
  return [...found].sort();
}

export function renderContract(document: OpenApi): { headings: Heading[]; body: Html } {
  const groups = groupsOf(document);
  const headings = groups.map(([tag]) => ({ level: 2, text: wordOf(tag), id: `about-${tag}` }));
  const { schemas } = document.components;
  const body = html`<h1 id="the-api">The API</h1>
<p>${document.info.description ?? ''} This page is made of <a href="/openapi.json"><code>/openapi.json</code></a>, which is the same for machines; <a href="/docs/api-sessions">the session API</a> has it with real answers.</p>
<p>JSON in camelCase, times as ISO 8601 in UTC, durations in milliseconds, money in USD. Errors are <code>application/problem+json</code> and say what to do about them.</p>
<div class="scrolls" tabindex="0"><table class="routes">${groups.map(
    ([tag, routes]) =>
      html`<tbody><tr><th colspan="2" scope="rowgroup"><a href="#about-${tag}">${wordOf(tag)}</a></th></tr>${routes.map(
        ({ method, path, id, summary }) =>
          html`<tr><td><a href="#${id}"><span class="method ${method.toLowerCase()}">${method}</span> <code>${written(path)}</code></a></td><td>${said(summary ?? '')}</td></tr>`,
      )}</tbody>`,
  )}</table></div>
${groups.map(
  ([tag, routes]) =>
    html`<h2 id="about-${tag}"><a href="#about-${tag}">${wordOf(tag)}</a></h2>${routes.map(routeHtml)}`,
)}
<h2 id="shapes"><a href="#shapes">Shapes</a></h2>
${shapesOf(document).map(
  (name) => html`<section class="route" id="shape-${name}">
<h3><a href="#shape-${name}">${name.replace(/Input$/, '')}</a>${name.endsWith('Input') && html` <span class="type">as it is sent</span>`}</h3>
${schemas[name]!.description !== undefined && html`<p>${said(schemas[name]!.description)}</p>`}
${inside(schemas[name]!).text === '' ? html`<p class="type">${typeOf({ ...schemas[name]! })}</p>` : inside(schemas[name]!)}
</section>`,
)}`;
  return { headings: [...headings, { level: 2, text: 'Shapes', id: 'shapes' }], body };
}
