/** A guide, drawn as the page draws what agents write: no HTML in it, and links to where they lead here. */
import { posix } from 'node:path';
import { createElement, isValidElement, type ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import Markdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { anchorOf, Html } from './html.ts';

export interface Heading {
  level: number;
  text: string;
  id: string;
}
export interface Guide {
  title: string;
  headings: Heading[];
  body: Html;
}

const wordsOf = (node: ReactNode): string =>
  typeof node === 'string' || typeof node === 'number'
    ? String(node)
    : Array.isArray(node)
      ? node.map(wordsOf).join('')
      : isValidElement<{ children?: ReactNode }>(node)
        ? wordsOf(node.props.children)
        : '';

/** @param addressOf where a document of the repository is served, by its path; null: it is not */
export function renderGuide(path: string, text: string, addressOf: (path: string) => string | null): Guide {
  const headings: Heading[] = [];
  /** Where a link leads from here; null: to what is not served, so that its words stay without a link. */
  const leads = (href: string): string | null => {
    if (/^(https?:|mailto:|#|\/)/.test(href)) return href;
    const [file = '', hash] = href.split('#');
    const address = addressOf(posix.join(posix.dirname(path), file));
    return address === null ? null : `${address}${hash === undefined ? '' : `#${hash}`}`;
  };
  const heading = (level: number) =>
    function Heading({ children }: { children?: ReactNode }) {
      const words = wordsOf(children);
      const before = headings.filter((one) => one.text === words).length;
      const id = `${anchorOf(words)}${before === 0 ? '' : `-${before}`}`;
      headings.push({ level, text: words, id });
      return createElement(
        `h${level}`,
        { id },
        level === 1 ? children : createElement('a', { href: `#${id}` }, children),
      );
    };
  const components: Components = {
    ...Object.fromEntries([1, 2, 3, 4].map((level) => [`h${level}`, heading(level)])),
    a: ({ href = '', children }) => {
      const address = leads(href);
      return address === null ? createElement('span', null, children) : createElement('a', { href: address }, children);
    },
    // What scrolls sideways must be reachable by key.
    pre: ({ children }) => createElement('pre', { tabIndex: 0 }, children),
    table: ({ children }) =>
      createElement('div', { className: 'scrolls', tabIndex: 0 }, createElement('table', null, children)),
    img: ({ alt }) => createElement('em', null, alt),
  };
  const body = renderToStaticMarkup(
    createElement(Markdown, { remarkPlugins: [remarkGfm], components }, text.replace(/<!--[\s\S]*?-->/g, '')),
  );
  return { title: headings.find(({ level }) => level === 1)?.text ?? path, headings, body: new Html(body) };
}
