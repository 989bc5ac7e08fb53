/** What pages ask the server for. Each is a query of TanStack Query: `useQuery(sessionQuery(id))`. */
import type { AuditQuery, LatencyQuery, SessionQuery, StatsQuery, UsageQuery, WebhookDelivery } from '@rigger/client';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { rigger } from './client.ts';
import { keys } from './keys.ts';

export const sessionQuery = (id: string) =>
  queryOptions({
    queryKey: keys.sessionView(id),
    queryFn: ({ signal }) => rigger.sessions.get(id, { signal }),
    staleTime: 5_000,
  });

/** A page of sessions, newest first. Lists have no stream: they are asked for again every few seconds while seen. */
export const sessionListQuery = (filter: SessionQuery, refetchMs = 4_000) =>
  queryOptions({
    queryKey: keys.sessionList(filter),
    queryFn: ({ signal }) => rigger.sessions.list(filter, { signal }),
    refetchInterval: refetchMs,
    staleTime: 1_000,
  });

const FOLDER = 2_000;
export const filesQuery = (id: string, path: string) =>
  queryOptions({
    queryKey: keys.files(id, path),
    queryFn: ({ signal }) => rigger.files.list(id, { ...(path === '' ? {} : { path }), limit: FOLDER }, { signal }),
    staleTime: 2_000,
  });

export const snapshotsQuery = (id: string) =>
  queryOptions({
    queryKey: keys.snapshots(id),
    queryFn: ({ signal }) => rigger.snapshots.list(id, { signal }),
  });

/** What of a session waits for a human. */
export const sessionPermissionsQuery = (id: string) =>
  queryOptions({
    queryKey: keys.sessionPermissions(id),
    queryFn: ({ signal }) => rigger.permissions.list(id, { status: 'pending' }, { signal }),
    staleTime: 2_000,
  });

/** What waits for a human in any session, the oldest first. */
export const permissionsQuery = queryOptions({
  queryKey: keys.permissions,
  queryFn: ({ signal }) => rigger.permissions.listAll({ status: 'pending' }, { signal }),
  refetchInterval: 5_000,
  staleTime: 1_000,
});

/** What of the server works. Not ready is an answer too. */
export const readinessQuery = queryOptions({
  queryKey: keys.readiness,
  queryFn: ({ signal }) => rigger.readiness({ signal }),
  refetchInterval: 15_000,
  retry: 0,
});

/** Sums over sessions, deleted ones included. */
export const statsQuery = (filter: StatsQuery = {}, refetchMs = 5_000) =>
  queryOptions({
    queryKey: keys.stats(filter),
    queryFn: ({ signal }) => rigger.sessions.stats(filter, { signal }),
    refetchInterval: refetchMs,
    staleTime: 1_000,
  });

/** What was spent. A range that moves with the clock should move in whole minutes, or nothing of it is ever kept. */
export const usageQuery = (filter: UsageQuery, refetchMs = 15_000) =>
  queryOptions({
    queryKey: keys.usage(filter),
    queryFn: ({ signal }) => rigger.usage(filter, { signal }),
    refetchInterval: refetchMs,
    staleTime: 2_000,
  });

export const latencyQuery = (filter: LatencyQuery, refetchMs = 30_000) =>
  queryOptions({
    queryKey: keys.latency(filter),
    queryFn: ({ signal }) => rigger.latency(filter, { signal }),
    refetchInterval: refetchMs,
    staleTime: 2_000,
  });

export const budgetsQuery = queryOptions({
  queryKey: keys.budgets,
  queryFn: ({ signal }) => rigger.budgets.list({ signal }),
  refetchInterval: 10_000,
});

export const runnersQuery = queryOptions({
  queryKey: keys.runners,
  queryFn: ({ signal }) => rigger.runners.list({ signal }),
  refetchInterval: 5_000,
});

export const secretsQuery = queryOptions({
  queryKey: keys.secrets,
  queryFn: ({ signal }) => rigger.secrets.list({ signal }),
  staleTime: 5_000,
});

export const healthQuery = queryOptions({
  queryKey: keys.health,
  queryFn: ({ signal }) => rigger.health({ signal }),
  staleTime: 60_000,
});

export const schedulesQuery = queryOptions({
  queryKey: keys.schedules,
  queryFn: ({ signal }) => rigger.schedules.list({ signal }),
  refetchInterval: 5_000,
  staleTime: 1_000,
});

const RUNS = 25;
/** What came of a schedule's times, the newest first. */
export const scheduleRunsQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: keys.scheduleRuns(id),
    queryFn: ({ pageParam, signal }) =>
      rigger.schedules.runs(id, { limit: RUNS, ...(pageParam === '' ? {} : { cursor: pageParam }) }, { signal }),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: 4_000,
  });

/** Who this page is to the server: asked again after any answer that says nobody. */
export const whoamiQuery = queryOptions({
  queryKey: keys.whoami,
  queryFn: ({ signal }) => rigger.keys.whoami({ signal }),
  refetchInterval: 60_000,
  staleTime: 10_000,
  retry: 0,
});

export const apiKeysQuery = queryOptions({
  queryKey: keys.apiKeys,
  queryFn: ({ signal }) => rigger.keys.list({ signal }),
  refetchInterval: 10_000,
  staleTime: 1_000,
});

const ENTRIES = 50;
/** What was changed by whom, the newest first. */
export const auditQuery = (filter: Pick<AuditQuery, 'action' | 'target' | 'actor'>) =>
  infiniteQueryOptions({
    queryKey: keys.audit(filter),
    queryFn: ({ pageParam, signal }) =>
      rigger.audit.page({ ...filter, limit: ENTRIES, ...(pageParam === 0 ? {} : { before: pageParam }) }, { signal }),
    initialPageParam: 0,
    getNextPageParam: ({ next }) => next,
    refetchInterval: 10_000,
  });

export const webhooksQuery = queryOptions({
  queryKey: keys.webhooks,
  queryFn: ({ signal }) => rigger.webhooks.list({ signal }),
  refetchInterval: 5_000,
  staleTime: 1_000,
});

const DELIVERIES = 50;
/** What was sent to a webhook and is to be, the newest first. */
export const deliveriesQuery = (webhook: string, status?: WebhookDelivery['status']) =>
  infiniteQueryOptions({
    queryKey: keys.deliveries(webhook, status),
    queryFn: ({ pageParam, signal }) =>
      rigger.webhooks.deliveries(
        webhook,
        {
          limit: DELIVERIES,
          ...(status === undefined ? {} : { status }),
          ...(pageParam === '' ? {} : { cursor: pageParam }),
        },
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: 4_000,
  });
