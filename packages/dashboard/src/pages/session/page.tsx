import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { hasCode } from '../../api/client.ts';
import { useSessionLog } from '../../api/log.ts';
import { sessionQuery } from '../../api/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Failed, Skeleton } from '../../ui/states.tsx';
import { SessionView } from './session-view.tsx';

const route = getRouteApi('/sessions/$id');

export function SessionPage() {
  const { id } = route.useParams();
  // Another session is another page: nothing of the one before may stay.
  return <Loaded key={id} id={id} />;
}

function Loaded({ id }: { id: string }) {
  const { data: session, error, refetch } = useQuery(sessionQuery(id));
  const { log, loadOlder } = useSessionLog(id);
  if (session !== undefined) return <SessionView session={session} log={log} onOlder={loadOlder} />;
  if (error !== null)
    return (
      <Failed error={error} {...(hasCode(error, 'session_not_found') ? {} : { onRetry: () => void refetch() })}>
        <Button asChild>
          <a href="/">To the sessions</a>
        </Button>
      </Failed>
    );
  return <Waiting />;
}

/** The true shape of the page before it is here. */
const Waiting = () => (
  <div className="flex min-h-0 flex-1 flex-col" aria-busy="true">
    <div className="border-b px-4 py-3">
      <Skeleton className="w-72 max-w-full" />
      <Skeleton className="mt-2 h-3 w-48" />
    </div>
    <div className="mx-auto w-full max-w-3xl space-y-4 px-10 pt-10">
      <Skeleton className="h-20 rounded-xl" />
      <Skeleton className="w-full" />
      <Skeleton className="w-4/5" />
      <Skeleton className="w-1/2" />
    </div>
  </div>
);
