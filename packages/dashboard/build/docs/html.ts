/** HTML that is put together from texts: whatever is put in is escaped, unless it was made here. */

export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (one) => ENTITIES[one]!);

type Part = string | number | Html | Part[] | null | undefined | false;
const textOf = (part: Part): string =>
  part === null || part === undefined || part === false
    ? ''
    : Array.isArray(part)
      ? part.map(textOf).join('')
      : part instanceof Html
        ? part.text
        : escaped(String(part));

export const html = (texts: TemplateStringsArray, ...parts: Part[]): Html =>
  new Html(texts.map((text, n) => text + textOf(parts[n])).join(''));

/** A sentence of the contract, in which names stand between backticks. */
export const said = (text = ''): Html =>
  html`${text.split('`').map((part, n) => (n % 2 === 1 ? html`<code>${part}</code>` : part))}`;

/** The name of a heading in an address, as it is usual for Markdown: `The session` is `the-session`. */
export const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
