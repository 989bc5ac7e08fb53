import { rootRoute } from '../app/root.tsx';
import { auditRoute } from './audit/route.ts';
import { keysRoute } from './keys/route.ts';
import { newRoute } from './new/route.ts';
import { overviewRoute } from './overview/route.ts';
import { runnersRoute } from './runners/route.ts';
import { schedulesRoute } from './schedules/route.ts';
import { sessionRoute } from './session/route.ts';
import { sessionsRoute } from './sessions/route.ts';
import { settingsRoute } from './settings/route.ts';
import { usageRoute } from './usage/route.ts';
import { webhooksRoute } from './webhooks/route.ts';

/** Every page's route. What a page shows is loaded when somebody goes there. */
export const routeTree = rootRoute.addChildren([
  overviewRoute,
  sessionsRoute,
  sessionRoute,
  newRoute,
  schedulesRoute,
  usageRoute,
  webhooksRoute,
  runnersRoute,
  keysRoute,
  auditRoute,
  settingsRoute,
]);
