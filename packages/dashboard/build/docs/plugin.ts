import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Plugin } from 'vite';
import { renderSite } from './site.ts';

const FONTS = {
  'docs/geist.woff2': '@fontsource-variable/geist/files/geist-latin-wght-normal.woff2',
  'docs/geist-mono.woff2': '@fontsource-variable/geist-mono/files/geist-mono-latin-wght-normal.woff2',
};

/** Writes the documents of the repository beside the page, as finished HTML: nothing of it is loaded by the page. */
export function docs(root: string): Plugin {
  return {
    name: 'docs',
    apply: 'build',
    generateBundle() {
      if (!existsSync(join(root, 'docs', 'openapi.json'))) return this.warn('There are no documents here to build.');
      for (const [fileName, source] of renderSite(root)) this.emitFile({ type: 'asset', fileName, source });
      const css = readFileSync(join(import.meta.dirname, 'docs.css'), 'utf8');
      this.emitFile({ type: 'asset', fileName: 'docs/docs.css', source: css });
      const { resolve } = createRequire(import.meta.url);
      for (const [fileName, from] of Object.entries(FONTS))
        this.emitFile({ type: 'asset', fileName, source: readFileSync(resolve(from)) });
    },
  };
}
