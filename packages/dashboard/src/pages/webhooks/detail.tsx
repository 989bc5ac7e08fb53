import { useQueryClient } from '@tanstack/react-query';
import { KeyRound, Pencil, Power, PowerOff, Send, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { rigger } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import type { Webhook, WebhookTest } from '../../api/types.ts';
import { useCommands } from '../../app/commands.ts';
import { exactTime } from '../../format/time.ts';
import { attemptWords, disabledWords, webhookStatus } from '../../format/webhooks.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { Status } from '../../ui/status.tsx';
import { toast, toastError } from '../../ui/toast.tsx';
import { Ago } from '../../ui/values.tsx';
import { Deliveries } from './deliveries.tsx';
import { RotateDialog } from './secret.tsx';

/** One webhook: where it goes, what can be done about it, and what was sent to it. */
export function WebhookDetail({
  webhook,
  onEdit,
  onSecret,
  onGone,
}: {
  webhook: Webhook;
  onEdit: () => void;
  /** A new secret, in the one answer that has it. */
  onSecret: (rotated: Webhook) => void;
  onGone: () => void;
}) {
  const client = useQueryClient();
  const [asking, setAsking] = useState<'delete' | 'rotate' | 'disable' | null>(null);
  const [tested, setTested] = useState<WebhookTest | 'under way' | null>(null);
  const { id, url, events, enabled, description, previousSecretUntil, lastDeliveredAt } = webhook;
  const refresh = () => client.invalidateQueries({ queryKey: keys.webhooks });
  const test = async () => {
    setTested('under way');
    try {
      setTested(await rigger.webhooks.test(id));
    } catch (error) {
      setTested(null);
      toastError(error);
    }
    void refresh();
  };
  const turn = async (on: boolean) => {
    await rigger.webhooks.update(id, { enabled: on });
    toast({ title: on ? 'Events are posted to it again' : 'Nothing is posted to it any more' });
    await refresh();
    await client.invalidateQueries({ queryKey: keys.deliveries(id) });
  };
  useCommands([
    { id: 'test webhook', title: 'Send it a test', group: 'Webhooks', keys: 't', icon: Send, run: () => void test() },
    { id: 'edit webhook', title: 'Edit the webhook', group: 'Webhooks', keys: 'e', icon: Pencil, run: onEdit },
  ]);
  const reason = disabledWords(webhook);
  return (
    <article aria-label={url} className="min-w-0 space-y-6">
      <div>
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <h2 className="min-w-0 break-all font-mono text-sm">{url}</h2>
          <CopyButton text={url} label="Copy the address" className="-my-1" />
          <Status shown={webhookStatus(webhook)} />
        </div>
        {description !== null && <p className="mt-1 text-ink-2 text-sm">{description}</p>}
        {reason !== null && <p className="mt-1 text-bad text-sm">{reason}</p>}
        <div className="mt-3 flex flex-wrap gap-2">
          <Button onClick={test} disabled={tested === 'under way'}>
            <Send /> Send a test
          </Button>
          {enabled ? (
            <Button onClick={() => setAsking('disable')}>
              <PowerOff /> Turn off
            </Button>
          ) : (
            <Button onClick={() => turn(true).catch(toastError)}>
              <Power /> Turn on
            </Button>
          )}
          <Button onClick={onEdit}>
            <Pencil /> Edit
          </Button>
          <Button onClick={() => setAsking('rotate')}>
            <KeyRound /> New secret
          </Button>
          <Button look="dangerGhost" onClick={() => setAsking('delete')}>
            <Trash2 /> Delete
          </Button>
        </div>
        <p role="status" className="text-sm not-empty:mt-2">
          {tested === 'under way' ? (
            <span className="text-ink-2">Sending webhook.test…</span>
          ) : tested?.delivered ? (
            <span className="text-good">
              The test arrived: {tested.statusCode} in {tested.latencyMs} ms.
            </span>
          ) : tested !== null ? (
            <span className="text-bad">The test did not arrive: {attemptWords(tested)}.</span>
          ) : null}
        </p>
      </div>
      <dl className="grid grid-cols-[7rem_minmax(0,1fr)] gap-x-4 gap-y-2 text-sm">
        <dt className="text-ink-3">Events</dt>
        <dd className="break-words">
          {events.length === 0 ? (
            'every type, new ones too'
          ) : (
            <span className="flex flex-wrap gap-1">
              {events.map((type) => (
                <code key={type} className="rounded bg-hover px-1.5 py-0.5 text-xs">
                  {type}
                </code>
              ))}
            </span>
          )}
        </dd>
        <dt className="text-ink-3">Last arrived</dt>
        <dd>{lastDeliveredAt === null ? 'nothing yet' : <Ago at={lastDeliveredAt} />}</dd>
        {previousSecretUntil !== null && (
          <>
            <dt className="text-ink-3">Former secret</dt>
            <dd>signs as well until {exactTime(previousSecretUntil)}</dd>
          </>
        )}
      </dl>
      <Deliveries webhook={webhook} />
      {asking === 'rotate' && <RotateDialog webhook={webhook} onClose={() => setAsking(null)} onRotated={onSecret} />}
      <Confirm
        open={asking === 'disable'}
        onOpenChange={() => setAsking(null)}
        title="Turn this webhook off?"
        description="Nothing is posted to it, and what waits to be sent is given up. What happens meanwhile is not told later; what was given up can be sent again by hand."
        action="Turn off"
        onConfirm={() => turn(false)}
      />
      <Confirm
        open={asking === 'delete'}
        onOpenChange={() => setAsking(null)}
        title="Delete this webhook?"
        description="Its secret and the list of its deliveries are gone for good, and nothing is posted to it any more."
        action="Delete"
        onConfirm={async () => {
          await rigger.webhooks.delete(id);
          toast({ title: 'The webhook is deleted' });
          onGone();
          await refresh();
        }}
      />
    </article>
  );
}
