import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../app/root.tsx';

export interface SchedulesSearch {
  /** The schedule whose runs are shown. */
  schedule?: string;
}

export const schedulesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/schedules',
  validateSearch: ({ schedule }: Record<string, unknown>): SchedulesSearch =>
    typeof schedule === 'string' && schedule !== '' ? { schedule } : {},
  component: lazyRouteComponent(() => import('./page.tsx'), 'SchedulesPage'),
});
