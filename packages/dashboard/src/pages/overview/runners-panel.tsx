import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { runnersQuery } from '../../api/queries.ts';
import { runnerStatus } from '../../format/runners.ts';
import { Meter } from '../../ui/meter.tsx';
import { Panel, Section } from '../../ui/section.tsx';
import { Failed, Skeleton } from '../../ui/states.tsx';
import { Status } from '../../ui/status.tsx';

const SHOWN = 5;

export function RunnersPanel() {
  const { data, error, refetch } = useQuery(runnersQuery);
  return (
    <Section
      title="Runners"
      beside={data && data.length > SHOWN ? `${SHOWN} of ${data.length}` : undefined}
      action={
        <Link to="/runners" className="text-ink-2 text-xs hover:text-ink">
          All runners
        </Link>
      }
    >
      <Panel>
        {error !== null && data === undefined ? (
          <Failed error={error} onRetry={() => void refetch()} className="py-8" />
        ) : data === undefined ? (
          <div className="px-4 py-3">
            <Skeleton className="w-1/2" />
          </div>
        ) : data.length === 0 ? (
          <p className="px-4 py-3 text-bad text-sm">No runner is connected: sessions wait until one is.</p>
        ) : (
          <ul className="divide-y">
            {data.slice(0, SHOWN).map((runner) => (
              <li key={runner.id} className="px-4 py-2.5">
                <div className="mb-1 flex items-center gap-3">
                  <span className="min-w-0 flex-1 truncate font-mono text-xs">{runner.id}</span>
                  <Status shown={runnerStatus(runner)} />
                </div>
                <Meter
                  label={runner.isolation === 'none' ? 'no isolation' : runner.isolation}
                  share={runner.sessions / Math.max(1, runner.capacity)}
                  value={
                    <Link to="/sessions" search={{ runner: runner.id }} className="hover:text-ink hover:underline">
                      {runner.sessions} of {runner.capacity} sessions
                    </Link>
                  }
                />
              </li>
            ))}
          </ul>
        )}
      </Panel>
    </Section>
  );
}
