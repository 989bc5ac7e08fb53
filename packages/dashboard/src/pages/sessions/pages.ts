/** Pages of a list that go on one after the other, and are kept right while the list changes. Pure. */
import { type InfiniteData, replaceEqualDeep } from '@tanstack/react-query';
import type { Session, SessionPage } from '../../api/types.ts';

/** Pages by the cursor that each begins after; null for the first. */
export type Pages = InfiniteData<SessionPage, string | null>;

/** Newest first, as the server lists them. */
const isOlder = (a: Session, b: Session): boolean =>
  a.createdAt < b.createdAt || (a.createdAt === b.createdAt && a.id < b.id);

/**
 * Puts a page that was asked for again in the place of what it was. Newer rows push the last ones of a page out, and rows that went
 * pull in the first ones of the next: each stays in the page that it was in, so that none is lost and none is there twice.
 */
export function mergePage(data: Pages, cursor: string | null, fresh: SessionPage): Pages {
  const n = data.pageParams.indexOf(cursor);
  const old = data.pages[n];
  if (old === undefined) return data;
  const edge = old.sessions.at(-1);
  const isEnd = (old.nextCursor ?? null) === null;
  if (edge === undefined && isEnd) return replaced(data, n, fresh);
  const bottom = fresh.sessions.at(-1);
  const own = isEnd || edge === undefined ? fresh.sessions : fresh.sessions.filter((one) => !isOlder(one, edge));
  const pushedOut =
    (fresh.nextCursor ?? null) === null || bottom === undefined
      ? []
      : old.sessions.filter((one) => isOlder(one, bottom));
  return replaced(data, n, { ...old, sessions: [...own, ...pushedOut] });
}

/** Rows that are as they were stay the same objects, so that they are not drawn again. */
function replaced(data: Pages, n: number, page: SessionPage): Pages {
  const known = new Map(data.pages[n]!.sessions.map((session) => [session.id, session]));
  const sessions = page.sessions.map((session) => replaceEqualDeep(known.get(session.id), session));
  const before = data.pages[n]!;
  const same = sessions.length === before.sessions.length && sessions.every((one, i) => one === before.sessions[i]);
  if (same && page.nextCursor === before.nextCursor) return data;
  return { ...data, pages: data.pages.with(n, { ...page, sessions }) };
}

/** Changes sessions, or takes them away where `change` says null. */
export const changeRows = (data: Pages, change: (session: Session) => Session | null): Pages => ({
  ...data,
  pages: data.pages.map((page) => ({
    ...page,
    sessions: page.sessions.flatMap((session) => change(session) ?? []),
  })),
});

/** The cursors of the pages that rows `from` to `to` are in. */
export function pagesAt({ pages, pageParams }: Pages, from: number, to: number): (string | null)[] {
  const found: (string | null)[] = [];
  let start = 0;
  for (const [n, { sessions }] of pages.entries()) {
    const end = start + sessions.length;
    if (start <= to && end > from) found.push(pageParams[n] ?? null);
    start = end;
  }
  return found.length > 0 || pages.length === 0 ? found : [pageParams[0] ?? null];
}
