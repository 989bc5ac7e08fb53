/**
 * A theme whose colours are names: each scope is given a colour that stands for a class, and styles.css says what it is in each
 * theme of the page. So the page changes its theme without colouring anything again, and nothing sets inline styles.
 */
import type { ThemeRegistration } from 'shiki/core';

const KINDS: [string, string[]][] = [
  ['comment', ['comment', 'punctuation.definition.comment', 'string.comment']],
  ['string', ['string', 'punctuation.definition.string', 'markup.inline.raw', 'markup.inserted']],
  [
    'number',
    ['constant.numeric', 'constant.language', 'constant.character.escape', 'support.constant', 'keyword.other.unit'],
  ],
  [
    'keyword',
    [
      'keyword',
      'storage',
      'storage.type',
      'variable.language.this',
      'variable.language.super',
      'punctuation.definition.keyword',
    ],
  ],
  [
    'function',
    [
      'entity.name.function',
      'support.function',
      'meta.function-call entity.name.function',
      'markup.heading',
      'entity.name.section',
    ],
  ],
  [
    'type',
    [
      'entity.name.type',
      'entity.name.class',
      'support.type',
      'support.class',
      'entity.name.namespace',
      'entity.other.inherited-class',
    ],
  ],
  ['tag', ['entity.name.tag', 'markup.deleted', 'punctuation.definition.tag']],
  [
    'attribute',
    [
      'entity.other.attribute-name',
      'support.type.property-name',
      'meta.object-literal.key',
      'variable.other.property',
      'variable.parameter',
      'entity.name.tag.yaml',
    ],
  ],
];
const colour = (n: number): string => `#0000${(n + 1).toString(16).padStart(2, '0')}`;
const CLASSES = new Map(KINDS.map(([name], n) => [colour(n), `code-${name}`]));

export const theme: ThemeRegistration = {
  name: 'rigger',
  type: 'light',
  fg: '#000000',
  bg: '#ffffff',
  settings: [
    { settings: { foreground: '#000000', background: '#ffffff' } },
    ...KINDS.map(([, scope], n) => ({ scope, settings: { foreground: colour(n) } })),
  ],
};

/** The class of a token's colour; empty for plain text. */
export const classOf = (color: string | undefined): string => CLASSES.get(color?.toLowerCase() ?? '') ?? '';
