import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../app/root.tsx';
import { readSearch } from './search.ts';

export const usageRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/usage',
  validateSearch: readSearch,
  component: lazyRouteComponent(() => import('./page.tsx'), 'UsagePage'),
});
