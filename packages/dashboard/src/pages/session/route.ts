import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../app/root.tsx';
import { readSearch } from './search.ts';

export const sessionRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sessions/$id',
  validateSearch: readSearch,
  component: lazyRouteComponent(() => import('./page.tsx'), 'SessionPage'),
});
