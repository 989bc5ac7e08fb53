import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Session, SessionPage } from '../../api/types.ts';
import { mergePage, type Pages, pagesAt } from './pages.ts';

/** A session whose place in the list is its number. */
const session = (n: number, status = 'idle') =>
  ({ id: `s${n}`, createdAt: new Date(n * 1_000).toISOString(), status }) as Session;

/** The list as a server has it. */
function page(all: Session[], after: string | null, limit: number): SessionPage {
  const rest = all.filter((one) => after === null || Number(one.id.slice(1)) < Number(after));
  const sessions = rest.slice(0, limit);
  return {
    sessions,
    pageSize: limit,
    nextCursor: rest.length > limit ? sessions.at(-1)!.id.slice(1) : null,
  };
}
function load(all: Session[], limit: number): Pages {
  const data: Pages = { pages: [], pageParams: [] };
  for (let cursor: string | null | undefined = null; cursor !== undefined; ) {
    const next: SessionPage = page(all, cursor, limit);
    data.pages.push(next);
    data.pageParams.push(cursor);
    cursor = next.nextCursor ?? undefined;
  }
  return data;
}
const idsOf = (data: Pages) => data.pages.flatMap(({ sessions }) => sessions.map(({ id }) => id));
const newestFirst = (numbers: number[]) => numbers.toSorted((a, b) => b - a).map((n) => session(n));

test('after all pages were asked for again, they are the list as it is, whatever came and went', () => {
  const numbers = fc.uniqueArray(fc.nat(60), { maxLength: 30 });
  fc.assert(
    fc.property(numbers, numbers, fc.integer({ min: 1, max: 7 }), (before, after, limit) => {
      const now = newestFirst(after);
      let data = load(newestFirst(before), limit);
      for (const cursor of data.pageParams) {
        data = mergePage(data, cursor, page(now, cursor, limit));
        const ids = idsOf(data);
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids).toEqual(ids.toSorted((a, b) => Number(b.slice(1)) - Number(a.slice(1))));
      }
      // What was pushed out of a page by what is newer stays until the server is asked from further down.
      const stale = new Set(before.filter((n) => !after.includes(n)).map((n) => `s${n}`));
      for (const { id } of now.filter(({ id }) => before.includes(Number(id.slice(1)))))
        expect(idsOf(data)).toContain(id);
      if (before.length <= limit && after.length <= limit) expect(idsOf(data)).toEqual(now.map(({ id }) => id));
      else expect(idsOf(data).every((id) => stale.has(id) || now.some((one) => one.id === id))).toBe(true);
    }),
  );
});

test('rows that are as they were stay the same, and a page without a change changes nothing', () => {
  const data = load([session(3), session(2), session(1)], 2);
  expect(mergePage(data, null, page([session(3), session(2), session(1)], null, 2))).toBe(data);
  const changed = mergePage(data, null, page([session(3, 'active'), session(2), session(1)], null, 2));
  expect(changed.pages[0]!.sessions[0]!.status).toBe('active');
  expect(changed.pages[0]!.sessions[1]).toBe(data.pages[0]!.sessions[1]);
  expect(changed.pages[1]).toBe(data.pages[1]);
});

test('the pages in sight are found by the rows in sight', () => {
  const data = load(newestFirst([1, 2, 3, 4, 5]), 2);
  expect(pagesAt(data, 0, 1)).toEqual([null]);
  expect(pagesAt(data, 1, 2)).toEqual([null, '4']);
  expect(pagesAt(data, 4, 9)).toEqual(['2']);
  expect(pagesAt(load([], 2), 0, 0)).toEqual([null]);
});
