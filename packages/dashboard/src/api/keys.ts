/**
 * The one place that names what is in the query cache. A key's beginning covers all below it:
 * `invalidateQueries({ queryKey: keys.session(id) })` has everything of a session asked for again.
 */
export const keys = {
  sessions: ['sessions'] as const,
  /** Pages of a list, one after the other: apart from `sessions`, for hundreds of them must not be asked for again at once. */
  sessionPages: (filter: Record<string, unknown>) => ['session pages', filter] as const,
  allSessionPages: ['session pages'] as const,
  /** How many a list has in all. */
  sessionTotal: (filter: Record<string, unknown>) => ['sessions', 'total', filter] as const,
  sessionList: (filter: Record<string, unknown>) => ['sessions', 'list', filter] as const,
  session: (id: string) => ['session', id] as const,
  /** The session itself; `session(id)` covers it and the rest. */
  sessionView: (id: string) => ['session', id, 'view'] as const,
  /** The log that the event stream fills: it is never fetched again by itself. */
  log: (id: string) => ['log', id] as const,
  files: (id: string, path: string) => ['session', id, 'files', path] as const,
  allFiles: (id: string) => ['session', id, 'files'] as const,
  file: (id: string, path: string) => ['session', id, 'file', path] as const,
  snapshots: (id: string) => ['session', id, 'snapshots'] as const,
  sessionPermissions: (id: string) => ['session', id, 'permissions'] as const,
  permissions: ['permissions'] as const,
  stats: (filter: Record<string, unknown>) => ['stats', filter] as const,
  usage: (filter: Record<string, unknown>) => ['usage', filter] as const,
  latency: (filter: Record<string, unknown>) => ['latency', filter] as const,
  secrets: ['secrets'] as const,
  health: ['health'] as const,
  budgets: ['budgets'] as const,
  runners: ['runners'] as const,
  readiness: ['readiness'] as const,
  schedules: ['schedules'] as const,
  scheduleRuns: (id: string) => ['schedule runs', id] as const,
  whoami: ['whoami'] as const,
  apiKeys: ['api keys'] as const,
  audit: (filter: Record<string, unknown>) => ['audit', filter] as const,
  webhooks: ['webhooks'] as const,
  deliveries: (webhook: string, status?: string) => ['deliveries', webhook, ...(status === undefined ? [] : [status])],
};
