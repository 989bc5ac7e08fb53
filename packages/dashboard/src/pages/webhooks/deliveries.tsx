import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { ChevronRight, RotateCw } from 'lucide-react';
import { useState } from 'react';
import { rigger } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { deliveriesQuery } from '../../api/queries.ts';
import type { Webhook, WebhookDelivery } from '../../api/types.ts';
import { exactTime } from '../../format/time.ts';
import { attemptWords, deliveryStatus } from '../../format/webhooks.ts';
import { Button } from '../../ui/button.tsx';
import { cn } from '../../ui/cn.ts';
import { Panel, Section } from '../../ui/section.tsx';
import { Segments } from '../../ui/segments.tsx';
import { Failed, Skeleton } from '../../ui/states.tsx';
import { Status } from '../../ui/status.tsx';
import { toast, toastError } from '../../ui/toast.tsx';
import { Ago } from '../../ui/values.tsx';
import { DELIVERY_STATUSES } from './search.ts';

const route = getRouteApi('/webhooks');
const WORDS = { pending: 'Waiting', delivered: 'Delivered', failed: 'Failed', cancelled: 'Cancelled' } as const;

/** What was sent to it and is to be, with every attempt. */
export function Deliveries({ webhook }: { webhook: Webhook }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    deliveriesQuery(webhook.id, search.status),
  );
  const deliveries = data?.pages.flatMap((page) => page.deliveries);
  const narrow = (status: WebhookDelivery['status'] | 'any') =>
    void navigate({ search: { webhook: webhook.id, ...(status === 'any' ? {} : { status }) }, replace: true });
  const open = (delivery: string | undefined) =>
    void navigate({
      search: {
        webhook: webhook.id,
        ...(search.status === undefined ? {} : { status: search.status }),
        ...(delivery === undefined ? {} : { delivery }),
      },
      replace: true,
    });
  return (
    <Section
      title="Deliveries"
      action={
        <div className="max-w-full overflow-x-auto">
          <Segments
            label="Which deliveries"
            value={search.status ?? 'any'}
            options={[['any', 'All'], ...DELIVERY_STATUSES.map((status) => [status, WORDS[status]] as const)]}
            onChange={narrow}
          />
        </div>
      }
    >
      <Panel>
        {error !== null && deliveries === undefined ? (
          <Failed error={error} onRetry={() => void refetch()} className="py-8" />
        ) : deliveries === undefined ? (
          <div className="space-y-3 p-4" role="status" aria-label="Loading">
            <Skeleton className="w-2/3" />
            <Skeleton className="w-1/2" />
          </div>
        ) : deliveries.length === 0 ? (
          <p className="px-4 py-6 text-center text-ink-3 text-sm">
            {search.status === undefined
              ? 'Nothing was sent to it yet: the next event that it wants will be.'
              : `None is ${WORDS[search.status].toLowerCase()}.`}
          </p>
        ) : (
          <ul className="divide-y" aria-label="Deliveries">
            {deliveries.map((one) => (
              <Delivery
                key={one.id}
                webhook={webhook}
                delivery={one}
                open={one.id === search.delivery}
                onToggle={() => open(one.id === search.delivery ? undefined : one.id)}
              />
            ))}
          </ul>
        )}
        {hasNextPage && (
          <div className="border-t p-2 text-center">
            <Button look="ghost" size="sm" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
              {isFetchingNextPage ? 'Loading…' : 'Older deliveries'}
            </Button>
          </div>
        )}
      </Panel>
    </Section>
  );
}

function Delivery({
  webhook,
  delivery,
  open,
  onToggle,
}: {
  webhook: Webhook;
  delivery: WebhookDelivery;
  open: boolean;
  onToggle: () => void;
}) {
  const { type, attempts, createdAt, nextAttemptAt } = delivery;
  const last = attempts.at(-1);
  const words =
    nextAttemptAt !== null && attempts.length > 0 ? (
      <>
        {attemptWords(attempts.at(-1)!)}; again <Ago at={nextAttemptAt} />
      </>
    ) : last === undefined ? (
      ''
    ) : (
      attemptWords(last)
    );
  return (
    <li>
      <button
        type="button"
        aria-expanded={open}
        onClick={onToggle}
        className="grid w-full grid-cols-[auto_7rem_minmax(0,1fr)_minmax(0,1fr)_auto] items-center gap-x-3 px-4 py-2 text-left text-sm hover:bg-hover focus-visible:-outline-offset-2 max-sm:grid-cols-[auto_minmax(0,1fr)_auto]"
      >
        <ChevronRight
          className={cn('size-4 text-ink-3 transition-transform duration-100', open && 'rotate-90')}
          aria-hidden
        />
        <Status shown={deliveryStatus(delivery)} />
        <span className="min-w-0 truncate font-mono text-xs max-sm:order-last max-sm:col-span-2 max-sm:col-start-2">
          {type}
        </span>
        <span className="min-w-0 truncate text-ink-2 text-xs max-sm:hidden">{words}</span>
        <Ago at={createdAt} className="text-ink-3 text-xs" />
      </button>
      {open && <Opened webhook={webhook} delivery={delivery} />}
    </li>
  );
}

/** Every attempt of it, where it is from, and the way to send it again. */
function Opened({ webhook, delivery }: { webhook: Webhook; delivery: WebhookDelivery }) {
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const { id, messageId, sessionId, attempts, nextAttemptAt } = delivery;
  const again = async () => {
    setBusy(true);
    try {
      await rigger.webhooks.redeliver(webhook.id, id);
      toast({ title: 'It is sent once more', detail: `Under the same id, ${messageId}.` });
    } catch (error) {
      toastError(error);
    } finally {
      setBusy(false);
      void client.invalidateQueries({ queryKey: keys.deliveries(webhook.id) });
    }
  };
  return (
    <div className="space-y-3 bg-inset px-4 py-3 text-sm sm:pl-11">
      {attempts.length === 0 ? (
        <p className="text-ink-3 text-xs">Not tried yet.</p>
      ) : (
        <ol aria-label="Attempts" className="space-y-1">
          {attempts.map((attempt) => (
            <li key={attempt.at} className="flex flex-wrap gap-x-3 text-xs">
              <time className="tnum text-ink-3" dateTime={attempt.at}>
                {exactTime(attempt.at)}
              </time>
              <span className={attempt.error === null ? 'text-good' : 'text-bad'}>{attemptWords(attempt)}</span>
              <span className="tnum text-ink-3">{attempt.latencyMs} ms</span>
            </li>
          ))}
        </ol>
      )}
      {nextAttemptAt !== null && (
        <p className="text-ink-2 text-xs">
          It is tried again <Ago at={nextAttemptAt} />.
        </p>
      )}
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Button size="sm" disabled={busy || !webhook.enabled} onClick={again}>
          <RotateCw /> Send again
        </Button>
        {!webhook.enabled && <span className="text-ink-3 text-xs">Turn the webhook on first.</span>}
        {sessionId !== null && (
          <Link to="/sessions/$id" params={{ id: sessionId }} className="text-xs underline decoration-line-strong">
            To its session
          </Link>
        )}
        <span className="break-all font-mono text-2xs text-ink-3">{messageId}</span>
      </div>
    </div>
  );
}
