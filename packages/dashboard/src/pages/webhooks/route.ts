import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../app/root.tsx';
import { readSearch } from './search.ts';

export const webhooksRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/webhooks',
  validateSearch: readSearch,
  component: lazyRouteComponent(() => import('./page.tsx'), 'WebhooksPage'),
});
