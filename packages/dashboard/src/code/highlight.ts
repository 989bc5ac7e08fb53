/** Colours of code. The highlighter and each language come when they are first needed; until then code is plain. */
import { useEffect, useState } from 'react';
import type { HighlighterCore } from 'shiki/core';
import { grammarOf } from './languages.ts';

export interface Token {
  text: string;
  /** A class of `styles.css`; empty: as the text around it. */
  className: string;
}
export type Line = Token[];

/** Beyond so many characters colours cost more than they tell. */
const MOST = 200_000;

let made: Promise<HighlighterCore> | null = null;
const loading = new Map<string, Promise<void>>();

async function makeHighlighter(): Promise<HighlighterCore> {
  const [{ createHighlighterCore }, { createJavaScriptRegexEngine }, { theme }] = await Promise.all([
    import('shiki/core'),
    import('shiki/engine/javascript'),
    import('./theme.ts'),
  ]);
  return createHighlighterCore({
    themes: [theme],
    langs: [],
    engine: createJavaScriptRegexEngine({ forgiving: true }),
  });
}

async function highlighterFor(language: string): Promise<HighlighterCore> {
  made ??= makeHighlighter();
  const highlighter = await made;
  let load = loading.get(language);
  if (load === undefined) {
    load = grammarOf(language).then((grammar) => highlighter.loadLanguage(...grammar));
    loading.set(language, load);
  }
  await load;
  return highlighter;
}

/** @returns a line for each line of `code`, with its colours. */
export async function highlight(code: string, language: string): Promise<Line[]> {
  const [highlighter, { classOf }] = await Promise.all([highlighterFor(language), import('./theme.ts')]);
  const { tokens } = highlighter.codeToTokens(code, { lang: language, theme: 'rigger' });
  return tokens.map((line) => line.map(({ content, color }) => ({ text: content, className: classOf(color) })));
}

const cache = new Map<string, Line[]>();
const KEPT = 300;

/** The lines of `code`, plain at first and coloured soon. */
export function useHighlighted(code: string, language: string | null): Line[] | null {
  const key = `${language}\0${code}`;
  const [found, setFound] = useState<{ key: string; lines: Line[] } | null>(null);
  const known = cache.get(key) ?? (found?.key === key ? found.lines : null);
  const wanted = known === null && language !== null && code.length <= MOST;
  useEffect(() => {
    if (!wanted || language === null) return;
    let there = true;
    highlight(code, language).then(
      (lines) => {
        if (cache.size >= KEPT) cache.delete(cache.keys().next().value!);
        cache.set(key, lines);
        if (there) setFound({ key, lines });
      },
      // A grammar that this browser's expressions cannot carry: the code stays plain.
      () => {},
    );
    return () => {
      there = false;
    };
  }, [wanted, code, language, key]);
  return known;
}
