/** The rows of a list: page after page as somebody scrolls, of which those in sight are kept live. */
import { type QueryClient, useInfiniteQuery, useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { rigger } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import type { Session, SessionPage } from '../../api/types.ts';
import { type SessionFilter, toQuery } from './filter.ts';
import { mergePage, type Pages, pagesAt } from './pages.ts';

const PAGE = 200;
const LIVE_MS = 4_000;
const COUNT_MS = 15_000;
const NONE: Session[] = [];

const fetchPage = (filter: SessionFilter, cursor: string | null, signal: AbortSignal): Promise<SessionPage> =>
  rigger.sessions.list({ ...toQuery(filter), limit: PAGE, ...(cursor === null ? {} : { cursor }) }, { signal });

const mergeInto = (client: QueryClient, filter: SessionFilter, cursor: string | null, fresh: SessionPage) =>
  client.setQueryData<Pages>(keys.sessionPages(toQuery(filter)), (data) =>
    data === undefined ? undefined : mergePage(data, cursor, fresh),
  );

export function useRows(filter: SessionFilter) {
  const pages = useInfiniteQuery({
    queryKey: keys.sessionPages(toQuery(filter)),
    queryFn: ({ pageParam, signal }) => fetchPage(filter, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    staleTime: Number.POSITIVE_INFINITY,
    // A hundred thousand rows are not compared with one another each time that some come.
    structuralSharing: false,
  });
  const { data } = pages;
  const rows = useMemo(() => data?.pages.flatMap(({ sessions }) => sessions) ?? NONE, [data]);
  return { ...pages, rows };
}

/** Asks again, every few seconds, for the pages of the rows `from` to `to`. */
export function useLiveRows(filter: SessionFilter, data: Pages | undefined, from: number, to: number): void {
  const client = useQueryClient();
  const seen = data === undefined ? [] : pagesAt(data, from, to);
  useQueries({
    queries: seen.map((cursor) => ({
      queryKey: ['seen page', toQuery(filter), cursor],
      queryFn: async ({ signal }: { signal: AbortSignal }) => {
        mergeInto(client, filter, cursor, await fetchPage(filter, cursor, signal));
        return null;
      },
      refetchInterval: LIVE_MS,
      // Whoever scrolls by quickly asks for nothing twice.
      staleTime: LIVE_MS,
      gcTime: LIVE_MS,
    })),
  });
}

/** Keeps the beginning of a list live where no row is there to be seen. */
export function EmptyList({ filter, data }: { filter: SessionFilter; data: Pages }): null {
  useLiveRows(filter, data, 0, 0);
  return null;
}

/** How many there are in all; undefined where that is not known, as of a search. */
export function useTotal(filter: SessionFilter): number | undefined {
  const query = toQuery(filter);
  const { data } = useQuery({
    queryKey: keys.sessionTotal(query),
    queryFn: ({ signal }) => rigger.sessions.list({ ...query, page: 1, pageSize: 1 }, { signal }),
    enabled: filter.q === undefined,
    refetchInterval: COUNT_MS,
  });
  return filter.q === undefined ? data?.total : undefined;
}
