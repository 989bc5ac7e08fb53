import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { statsQuery } from '../../api/queries.ts';
import { useTitle } from '../../app/title.ts';
import { Button } from '../../ui/button.tsx';
import { Keys } from '../../ui/keys.tsx';
import { PageHeader } from '../../ui/page.tsx';
import { PageBody } from '../../ui/section.tsx';
import { Failed } from '../../ui/states.tsx';
import { ActiveSessions } from './active-sessions.tsx';
import { LatencyChart, SpendChart } from './charts.tsx';
import { NeedsYou } from './needs-you.tsx';
import { RunnersPanel } from './runners-panel.tsx';
import { Tiles } from './tiles.tsx';
import { Welcome } from './welcome.tsx';

/** How it stands, and what needs a human, at a glance. */
export function OverviewPage() {
  useTitle('Overview');
  const { data: stats, error, refetch } = useQuery(statsQuery());
  const fresh = stats?.totalSessions === 0;
  return (
    <>
      <PageHeader
        title="Overview"
        actions={
          !fresh && (
            <Button look="primary" asChild>
              <Link to="/new">
                <Plus /> New session <Keys keys="c" on="accent" className="max-sm:hidden" />
              </Link>
            </Button>
          )
        }
      />
      <PageBody>
        {error !== null && stats === undefined ? (
          <Failed error={error} onRetry={() => void refetch()} />
        ) : fresh ? (
          <Welcome />
        ) : (
          <>
            <Tiles stats={stats} />
            <div className="mt-6 grid gap-x-6 gap-y-6 xl:grid-cols-[minmax(0,1fr)_minmax(22rem,30rem)]">
              <div className="min-w-0 space-y-6">
                <NeedsYou />
                <ActiveSessions />
              </div>
              <div className="min-w-0 space-y-6">
                <SpendChart />
                <LatencyChart />
                <RunnersPanel />
              </div>
            </div>
          </>
        )}
      </PageBody>
    </>
  );
}
