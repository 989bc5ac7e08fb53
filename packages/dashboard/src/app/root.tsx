import { createRootRoute, Link } from '@tanstack/react-router';
import { CircleHelp } from 'lucide-react';
import { Button } from '../ui/button.tsx';
import { Empty, Failed } from '../ui/states.tsx';
import { Layout } from './layout.tsx';

/** What every page stands in. Pages hang their routes below it: `pages/index.ts` lists them. */
export const rootRoute = createRootRoute({
  component: Layout,
  notFoundComponent: () => (
    <Empty
      icon={CircleHelp}
      title="There is no such page"
      action={
        <Button asChild>
          <Link to="/">To the beginning</Link>
        </Button>
      }
    >
      The address may be mistyped, or of another version of Rigger.
    </Empty>
  ),
  errorComponent: ({ error, reset }) => <Failed error={error} onRetry={reset} />,
});
