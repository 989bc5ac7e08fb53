import { useQuery } from '@tanstack/react-query';
import { permissionsQuery } from '../api/queries.ts';
import type { Permission } from '../api/types.ts';
import { useWaitingCount } from './title.ts';

/** What waits for a human in any session, the oldest first; counted in the browser's tab too. */
export function useWaiting(): { count: number; permissions: Permission[] } {
  const { data } = useQuery(permissionsQuery);
  const permissions = data ?? [];
  useWaitingCount(permissions.length);
  return { count: permissions.length, permissions };
}
