/** Whether a page keeps anybody out, as axe sees it. */
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import { type Opened, open } from './browser.ts';

interface Violation {
  id: string;
  impact: string;
  help: string;
  nodes: { html: string }[];
}

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** A browser into which axe can be put: from outside of the page, which allows no scripts but its own. */
export const openForAxe = (browser: Browser, width: number, colorScheme: 'light' | 'dark'): Promise<Opened> =>
  open(browser, 'about:blank', {
    colorScheme,
    viewport: { width, height: 844 },
    reducedMotion: 'reduce',
    bypassCSP: true,
  });

/** What is serious of what axe finds on a page that is whole. */
export async function violationsOf(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: AXE });
  const { violations, passes } = await page.evaluate(async () => {
    // biome-ignore lint/suspicious/noExplicitAny: axe is put in by the test
    const { violations, passes } = await (globalThis as any).axe.run(document);
    return { violations: violations as Violation[], passes: passes.length as number };
  });
  // A page on which nothing was looked at has no faults either.
  expect(passes).toBeGreaterThan(15);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => `${id} (${help}): ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`);
}
