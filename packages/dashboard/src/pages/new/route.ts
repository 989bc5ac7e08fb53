import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../app/root.tsx';

export interface NewSearch {
  /** What the form begins with. */
  preset?: string;
}

export const newRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/new',
  validateSearch: (search: Record<string, unknown>): NewSearch =>
    typeof search.preset === 'string' ? { preset: search.preset } : {},
  component: lazyRouteComponent(() => import('./page.tsx'), 'NewSessionPage'),
});
