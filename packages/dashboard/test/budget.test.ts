import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildPage } from './browser.ts';

const DIST = fileURLToPath(new URL('../dist', import.meta.url));
const MOST_BYTES = 350 * 1024;

interface Chunk {
  file: string;
  isEntry?: boolean;
  imports?: string[];
  css?: string[];
}
let manifest: Record<string, Chunk>;
beforeAll(() => {
  buildPage();
  manifest = JSON.parse(readFileSync(`${DIST}/.vite/manifest.json`, 'utf8'));
});

/** What a browser loads for these chunks: they, whatever they import at once, and their styles. */
function loaded(keys: string[]): Set<string> {
  const files = new Set<string>();
  const add = (key: string) => {
    const { file, imports = [], css = [] } = manifest[key]!;
    if (files.has(file)) return;
    files.add(file);
    for (const one of css) files.add(one);
    for (const one of imports) add(one);
  };
  for (const key of keys) add(key);
  return files;
}
const weigh = (files: Iterable<string>): number =>
  [...files].reduce((sum, file) => sum + gzipSync(readFileSync(`${DIST}/${file}`), { level: 9 }).length, 0);

describe('the built page', () => {
  test('weighs at most 350 KB gzipped until a page of it is on the screen, whichever that is', () => {
    const entry = Object.keys(manifest).find((key) => manifest[key]!.isEntry)!;
    const pages = Object.keys(manifest).filter((key) => /^src\/pages\/[^/]+\/page\.tsx$/.test(key));
    expect(pages.length).toBeGreaterThan(1);
    const weights = pages.map((page) => [page, weigh(loaded([entry, page]))] as const);
    for (const [page, bytes] of weights) expect(bytes, page).toBeLessThan(MOST_BYTES);
    // A build that holds nothing would pass too.
    for (const [page, bytes] of weights) expect(bytes, page).toBeGreaterThan(50 * 1024);
  });

  test('has a smaller copy of each file that is worth one, made beforehand', () => {
    const assets = readdirSync(`${DIST}/assets`);
    for (const name of assets.filter((one) => /\.(js|css)$/.test(one))) {
      const { length } = readFileSync(`${DIST}/assets/${name}`);
      if (length < 1_024) continue;
      expect(assets).toContain(`${name}.br`);
      expect(readFileSync(`${DIST}/assets/${name}.br`).length).toBeLessThan(length);
      expect(assets).toContain(`${name}.gz`);
    }
  });
});
