import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../app/root.tsx';
import { readFilter } from './filter.ts';

export const sessionsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sessions',
  validateSearch: readFilter,
  component: lazyRouteComponent(() => import('./page.tsx'), 'SessionsPage'),
});
