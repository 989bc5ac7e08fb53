import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { scheduleRunsQuery } from '../../api/queries.ts';
import type { Schedule, ScheduleRun } from '../../api/types.ts';
import { runStatus, runWords, zonedTime } from '../../format/schedules.ts';
import { duration } from '../../format/time.ts';
import { Button } from '../../ui/button.tsx';
import { Panel } from '../../ui/section.tsx';
import { Failed, Skeleton } from '../../ui/states.tsx';
import { Status } from '../../ui/status.tsx';
import { Ago } from '../../ui/values.tsx';

/** What came of each of its times, the newest first. */
export function Runs({ schedule }: { schedule: Schedule }) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    scheduleRunsQuery(schedule.id),
  );
  const runs = data?.pages.flatMap((page) => page.runs);
  return (
    <Panel>
      {error !== null && runs === undefined ? (
        <Failed error={error} onRetry={() => void refetch()} className="py-8" />
      ) : runs === undefined ? (
        <div className="space-y-3 p-4" role="status" aria-label="Loading">
          <Skeleton className="w-2/3" />
          <Skeleton className="w-1/2" />
        </div>
      ) : runs.length === 0 ? (
        <p className="px-4 py-6 text-center text-ink-3 text-sm">
          None yet. “Run now” has it run at once, its next time stays.
        </p>
      ) : (
        <ul className="divide-y">
          {runs.map((run) => (
            <Run key={run.id} run={run} timezone={schedule.timezone} />
          ))}
        </ul>
      )}
      {hasNextPage && (
        <div className="border-t p-2 text-center">
          <Button look="ghost" size="sm" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {isFetchingNextPage ? 'Loading…' : 'Older runs'}
          </Button>
        </div>
      )}
    </Panel>
  );
}

function Run({ run, timezone }: { run: ScheduleRun; timezone: string }) {
  const words = runWords(run);
  const took =
    run.startedAt === null || run.finishedAt === null ? null : Date.parse(run.finishedAt) - Date.parse(run.startedAt);
  return (
    <li className="grid grid-cols-[7.5rem_minmax(0,1fr)_auto] items-center gap-x-4 gap-y-0.5 px-4 py-2 text-sm max-sm:grid-cols-[minmax(0,1fr)_auto]">
      <Status shown={runStatus(run)} />
      <span className="tnum min-w-0 truncate text-ink-2 max-sm:row-start-2">
        {zonedTime(run.dueAt, timezone)}
        {run.trigger === 'manual' && <span className="text-ink-3">, by hand</span>}
        {took !== null && <span className="text-ink-3">, took {duration(took)}</span>}
      </span>
      <span className="flex items-center gap-3 text-xs max-sm:row-span-2">
        <Ago at={run.dueAt} className="text-ink-3" />
        {run.sessionId !== null && (
          <Link to="/sessions/$id" params={{ id: run.sessionId }} className="underline decoration-line-strong">
            Session
          </Link>
        )}
      </span>
      {words !== null && <p className="col-span-full break-words text-ink-2 text-xs">{words}</p>}
    </li>
  );
}
