import { useQuery } from '@tanstack/react-query';
import { Server } from 'lucide-react';
import { runnersQuery } from '../../api/queries.ts';
import { useTitle } from '../../app/title.ts';
import { PageHeader } from '../../ui/page.tsx';
import { PageBody } from '../../ui/section.tsx';
import { Empty, Failed, Skeleton } from '../../ui/states.tsx';
import { RunnerCard } from './runner-card.tsx';

const COMMAND = (origin: string) =>
  `# on another machine, with the token that the server was started with\nRIGGER_SERVER_URL=${origin} RIGGER_RUNNER_TOKEN=… rigger runner`;

/** Where sessions run. */
export function RunnersPage() {
  useTitle('Runners');
  const { data, error, refetch } = useQuery(runnersQuery);
  const held = data?.reduce((sum, { sessions }) => sum + sessions, 0) ?? 0;
  const places = data?.reduce((sum, { capacity, state }) => (state === 'ready' ? sum + capacity : sum), 0) ?? 0;
  return (
    <>
      <PageHeader
        title="Runners"
        beside={
          data !== undefined &&
          data.length > 0 && (
            <span className="tnum text-ink-3 text-xs">
              {data.length} · {held} of {places} places taken
            </span>
          )
        }
      />
      <PageBody>
        {error !== null && data === undefined ? (
          <Failed error={error} onRetry={() => void refetch()} />
        ) : data === undefined ? (
          <div className="grid gap-4 lg:grid-cols-2 2xl:grid-cols-3" role="status" aria-label="Loading">
            {[0, 1].map((n) => (
              <div key={n} className="space-y-3 rounded-lg border p-4">
                <Skeleton className="w-1/2" />
                <Skeleton className="h-1 w-full" />
                <Skeleton className="w-2/3" />
              </div>
            ))}
          </div>
        ) : data.length === 0 ? (
          <Empty icon={Server} title="No runner" curl={COMMAND(location.origin)}>
            A runner hosts the agents. Sessions wait until one is connected; a server starts one beside it unless it was
            told not to.
          </Empty>
        ) : (
          <ul className="grid gap-4 lg:grid-cols-2 2xl:grid-cols-3">
            {data.map((runner) => (
              <RunnerCard key={runner.id} runner={runner} />
            ))}
          </ul>
        )}
      </PageBody>
    </>
  );
}
