import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { CalendarClock, ChevronLeft, Plus } from 'lucide-react';
import { useState } from 'react';
import { schedulesQuery } from '../../api/queries.ts';
import type { Schedule } from '../../api/types.ts';
import { useCommands } from '../../app/commands.ts';
import { useTitle } from '../../app/title.ts';
import { useMedia } from '../../app/use-media.ts';
import { Button } from '../../ui/button.tsx';
import { Keys } from '../../ui/keys.tsx';
import { PageHeader } from '../../ui/page.tsx';
import { PageBody, Panel } from '../../ui/section.tsx';
import { Empty, Failed, Skeleton } from '../../ui/states.tsx';
import { ScheduleDetail } from './detail.tsx';
import { ScheduleForm } from './form.tsx';
import { ScheduleRow } from './row.tsx';

const route = getRouteApi('/schedules');

const CURL = (origin: string) => `curl -s ${origin}/api/schedules -H 'Content-Type: application/json' -d '{
  "name": "morning report", "cron": "30 8 * * mon-fri", "timezone": "Europe/Berlin",
  "target": { "create": { "pattern": "ephemeral", "maxBudgetUsd": 1 } },
  "prompt": "Write the morning report." }'`;

/** Messages by the clock: what comes when, to whom, and what came of it. */
export function SchedulesPage() {
  useTitle('Schedules');
  const { schedule: chosen } = route.useSearch();
  const navigate = route.useNavigate();
  const isWide = useMedia('(min-width: 1024px)');
  const { data, error, refetch } = useQuery(schedulesQuery);
  const [editing, setEditing] = useState<Schedule | 'new' | null>(null);
  const shown = data?.find(({ id }) => id === chosen) ?? (isWide && chosen === undefined ? data?.[0] : undefined);
  const choose = (id: string | undefined) =>
    void navigate({ search: id === undefined ? {} : { schedule: id }, replace: isWide });
  const step = (by: 1 | -1) => {
    const next = data?.[Math.max(0, data.findIndex(({ id }) => id === shown?.id) + by)];
    if (next !== undefined) choose(next.id);
  };
  useCommands([
    {
      id: 'new schedule',
      title: 'New schedule',
      group: 'Schedules',
      keys: 'n',
      icon: Plus,
      run: () => setEditing('new'),
    },
    { id: 'next schedule', title: 'Next schedule', group: 'Schedules', keys: 'j', quiet: true, run: () => step(1) },
    {
      id: 'schedule before',
      title: 'Schedule before',
      group: 'Schedules',
      keys: 'k',
      quiet: true,
      run: () => step(-1),
    },
  ]);
  const onlyDetail = !isWide && shown !== undefined;
  return (
    <>
      <PageHeader
        title="Schedules"
        beside={data !== undefined && data.length > 0 && <span className="tnum text-ink-3 text-xs">{data.length}</span>}
        actions={
          data !== undefined &&
          data.length > 0 && (
            <Button look="primary" onClick={() => setEditing('new')}>
              <Plus /> New schedule <Keys keys="n" on="accent" className="max-sm:hidden" />
            </Button>
          )
        }
      />
      <PageBody>
        {error !== null && data === undefined ? (
          <Failed error={error} onRetry={() => void refetch()} />
        ) : data === undefined ? (
          <Loading />
        ) : data.length === 0 ? (
          <Empty
            icon={CalendarClock}
            title="No schedule"
            curl={CURL(location.origin)}
            action={
              <Button look="primary" onClick={() => setEditing('new')}>
                <Plus /> New schedule <Keys keys="n" on="accent" className="max-sm:hidden" />
              </Button>
            }
          >
            A schedule sends a message by the clock: to a session that is there, or to a new one each time.
          </Empty>
        ) : (
          <div className="grid gap-6 lg:grid-cols-[minmax(0,26rem)_minmax(0,1fr)]">
            {!onlyDetail && (
              <Panel className="self-start">
                <ul className="divide-y" aria-label="Schedules">
                  {data.map((one) => (
                    <ScheduleRow
                      key={one.id}
                      schedule={one}
                      current={one.id === shown?.id}
                      onChoose={() => choose(one.id)}
                    />
                  ))}
                </ul>
              </Panel>
            )}
            {shown !== undefined && (
              <div className="min-w-0">
                {onlyDetail && (
                  <Button look="ghost" size="sm" onClick={() => choose(undefined)} className="mb-2 -ml-2">
                    <ChevronLeft /> All schedules
                  </Button>
                )}
                <ScheduleDetail
                  key={shown.id}
                  schedule={shown}
                  onEdit={() => setEditing(shown)}
                  onGone={() => choose(undefined)}
                />
              </div>
            )}
            {chosen !== undefined && shown === undefined && (
              <p className="text-ink-3 text-sm">The schedule that this address names is not there any more.</p>
            )}
          </div>
        )}
      </PageBody>
      {editing !== null && (
        <ScheduleForm
          schedule={editing === 'new' ? null : editing}
          onClose={() => setEditing(null)}
          onSaved={({ id }) => choose(id)}
        />
      )}
    </>
  );
}

const Loading = () => (
  <div role="status" aria-label="Loading" className="grid gap-6 lg:grid-cols-[minmax(0,26rem)_minmax(0,1fr)]">
    <div className="self-start rounded-lg border">
      {[0, 1, 2].map((n) => (
        <div key={n} className="space-y-2 border-b p-4 last:border-b-0">
          <Skeleton className="w-1/2" />
          <Skeleton className="w-4/5" />
        </div>
      ))}
    </div>
    <div className="space-y-3 max-lg:hidden">
      <Skeleton className="w-1/3" />
      <Skeleton className="w-2/3" />
    </div>
  </div>
);
