import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { ChevronLeft, Plus, Webhook as WebhookIcon } from 'lucide-react';
import { useState } from 'react';
import { webhooksQuery } from '../../api/queries.ts';
import type { Webhook } from '../../api/types.ts';
import { useCommands } from '../../app/commands.ts';
import { useTitle } from '../../app/title.ts';
import { useMedia } from '../../app/use-media.ts';
import { webhookStatus } from '../../format/webhooks.ts';
import { Button } from '../../ui/button.tsx';
import { cn } from '../../ui/cn.ts';
import { Keys } from '../../ui/keys.tsx';
import { PageHeader } from '../../ui/page.tsx';
import { PageBody, Panel } from '../../ui/section.tsx';
import { Empty, Failed, Skeleton } from '../../ui/states.tsx';
import { Status } from '../../ui/status.tsx';
import { Ago } from '../../ui/values.tsx';
import { WebhookDetail } from './detail.tsx';
import { WebhookForm } from './form.tsx';
import { SecretDialog } from './secret.tsx';

const route = getRouteApi('/webhooks');

const CURL = (origin: string) => `curl -s ${origin}/api/webhooks -H 'Content-Type: application/json' -d '{
  "url": "https://example.com/rigger",
  "events": ["turn.finished", "permission.requested"] }'`;

/** Where events are posted to, and what became of each. */
export function WebhooksPage() {
  useTitle('Webhooks');
  const { webhook: chosen } = route.useSearch();
  const navigate = route.useNavigate();
  const isWide = useMedia('(min-width: 1024px)');
  const { data, error, refetch } = useQuery(webhooksQuery);
  const [editing, setEditing] = useState<Webhook | 'new' | null>(null);
  /** With its secret, which is shown once. */
  const [fresh, setFresh] = useState<Webhook | null>(null);
  const shown = data?.find(({ id }) => id === chosen) ?? (isWide && chosen === undefined ? data?.[0] : undefined);
  const choose = (id: string | undefined) =>
    void navigate({ search: id === undefined ? {} : { webhook: id }, replace: isWide });
  const step = (by: 1 | -1) => {
    const next = data?.[Math.max(0, data.findIndex(({ id }) => id === shown?.id) + by)];
    if (next !== undefined) choose(next.id);
  };
  useCommands([
    {
      id: 'new webhook',
      title: 'Add a webhook',
      group: 'Webhooks',
      keys: 'n',
      icon: Plus,
      run: () => setEditing('new'),
    },
    { id: 'next webhook', title: 'Next webhook', group: 'Webhooks', keys: 'j', quiet: true, run: () => step(1) },
    { id: 'webhook before', title: 'Webhook before', group: 'Webhooks', keys: 'k', quiet: true, run: () => step(-1) },
  ]);
  const add = (
    <Button look="primary" onClick={() => setEditing('new')}>
      <Plus /> Add a webhook <Keys keys="n" on="accent" className="max-sm:hidden" />
    </Button>
  );
  const onlyDetail = !isWide && shown !== undefined;
  return (
    <>
      <PageHeader
        title="Webhooks"
        beside={data !== undefined && data.length > 0 && <span className="tnum text-ink-3 text-xs">{data.length}</span>}
        actions={data !== undefined && data.length > 0 && add}
      />
      <PageBody>
        {error !== null && data === undefined ? (
          <Failed error={error} onRetry={() => void refetch()} />
        ) : data === undefined ? (
          <div role="status" aria-label="Loading" className="max-w-[26rem] rounded-lg border">
            {[0, 1].map((n) => (
              <div key={n} className="space-y-2 border-b p-4 last:border-b-0">
                <Skeleton className="w-4/5" />
                <Skeleton className="w-1/2" />
              </div>
            ))}
          </div>
        ) : data.length === 0 ? (
          <Empty icon={WebhookIcon} title="No webhook" curl={CURL(location.origin)} action={add}>
            A webhook is an address of yours that Rigger posts events to: a turn is over, a person is asked, a budget
            runs out. Each is signed, and tried for a day.
          </Empty>
        ) : (
          <div className="grid gap-6 lg:grid-cols-[minmax(0,26rem)_minmax(0,1fr)]">
            {!onlyDetail && (
              <Panel className="self-start">
                <ul className="divide-y" aria-label="Webhooks">
                  {data.map((one) => (
                    <Row key={one.id} webhook={one} current={one.id === shown?.id} onChoose={() => choose(one.id)} />
                  ))}
                </ul>
              </Panel>
            )}
            {shown !== undefined && (
              <div className="min-w-0">
                {onlyDetail && (
                  <Button look="ghost" size="sm" onClick={() => choose(undefined)} className="mb-2 -ml-2">
                    <ChevronLeft /> All webhooks
                  </Button>
                )}
                <WebhookDetail
                  key={shown.id}
                  webhook={shown}
                  onEdit={() => setEditing(shown)}
                  onSecret={setFresh}
                  onGone={() => choose(undefined)}
                />
              </div>
            )}
            {chosen !== undefined && shown === undefined && (
              <p className="text-ink-3 text-sm">The webhook that this address names is not there any more.</p>
            )}
          </div>
        )}
      </PageBody>
      {editing !== null && (
        <WebhookForm
          webhook={editing === 'new' ? null : editing}
          onClose={() => setEditing(null)}
          onMade={(made) => {
            choose(made.id);
            setFresh(made);
          }}
        />
      )}
      {fresh !== null && <SecretDialog webhook={fresh} onClose={() => setFresh(null)} />}
    </>
  );
}

function Row({ webhook, current, onChoose }: { webhook: Webhook; current: boolean; onChoose: () => void }) {
  const { url, description, events, lastDeliveredAt } = webhook;
  return (
    <li>
      <button
        type="button"
        aria-current={current ? 'true' : undefined}
        onClick={onChoose}
        className={cn(
          'grid w-full grid-cols-[minmax(0,1fr)_auto] gap-x-3 gap-y-0.5 px-4 py-2.5 text-left transition-colors duration-100 hover:bg-hover focus-visible:-outline-offset-2',
          current && 'bg-hover',
        )}
      >
        <span className="truncate font-medium text-sm">{description ?? url.replace(/^https?:\/\//, '')}</span>
        <Status shown={webhookStatus(webhook)} className="justify-self-end text-xs" />
        <span className="truncate text-ink-2 text-xs">{events.length === 0 ? 'every event' : events.join(', ')}</span>
        <span className="text-right text-ink-3 text-xs">
          {lastDeliveredAt === null ? 'nothing yet' : <Ago at={lastDeliveredAt} />}
        </span>
      </button>
    </li>
  );
}
