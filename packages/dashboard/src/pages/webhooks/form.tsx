import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { rigger, tell } from '../../api/client.ts';
import { issueAt, issuesOf } from '../../api/issues.ts';
import { keys } from '../../api/keys.ts';
import type { Webhook } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Input } from '../../ui/field.tsx';
import { Labelled } from '../../ui/labelled.tsx';
import { Segments } from '../../ui/segments.tsx';
import { toast } from '../../ui/toast.tsx';
import { EVENT_TYPES, type EventType } from './event-types.ts';

/** A new webhook, or a change of one. */
export function WebhookForm({
  webhook,
  onClose,
  onMade,
}: {
  webhook: Webhook | null;
  onClose: () => void;
  onMade: (made: Webhook) => void;
}) {
  const client = useQueryClient();
  const [url, setUrl] = useState(webhook?.url ?? '');
  const [description, setDescription] = useState(webhook?.description ?? '');
  const [events, setEvents] = useState((webhook?.events ?? []) as EventType[]);
  const [all, setAll] = useState(webhook === null || webhook.events.length === 0);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const issues = issuesOf(error);
  const wanted = all ? [] : events;
  // An empty list would be every event: that is chosen by its own word.
  const noneChosen = !all && events.length === 0;
  const save = async () => {
    setBusy(true);
    setError(null);
    const said = description.trim();
    try {
      if (webhook === null)
        onMade(
          await rigger.webhooks.create({
            url: url.trim(),
            events: wanted,
            ...(said === '' ? {} : { description: said }),
          }),
        );
      else {
        await rigger.webhooks.update(webhook.id, { url: url.trim(), events: wanted, description: said });
        toast({ title: 'The webhook is changed' });
      }
      await client.invalidateQueries({ queryKey: keys.webhooks });
      onClose();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  const told = error === null ? null : tell(error);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={webhook === null ? 'Add a webhook' : 'Edit the webhook'}
      {...(webhook === null ? { description: 'Events from now on are posted to it, signed.' } : {})}
      className="max-w-xl sm:top-[10vh] sm:max-h-[80vh]"
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!noneChosen) void save();
        }}
        className="space-y-4"
      >
        <Labelled
          label="Address"
          hint="https, and on the public internet unless the operator lists it."
          wrong={issueAt(issues, 'url')}
        >
          {(control) => (
            <Input
              {...control}
              autoFocus
              type="url"
              inputMode="url"
              spellCheck={false}
              autoCapitalize="off"
              placeholder="https://example.com/rigger"
              className="font-mono"
              value={url}
              onChange={(event) => setUrl(event.target.value)}
            />
          )}
        </Labelled>
        <Labelled label="What it is for" wrong={issueAt(issues, 'description')}>
          {(control) => (
            <Input
              {...control}
              placeholder="Tells the team’s chat"
              value={description}
              onChange={(event) => setDescription(event.target.value)}
            />
          )}
        </Labelled>
        <div>
          <div className="mb-2 flex">
            <Segments
              label="Which events"
              value={all ? 'all' : 'some'}
              options={[
                ['all', 'Every event'],
                ['some', 'Some'],
              ]}
              onChange={(which) => setAll(which === 'all')}
            />
          </div>
          {!all && <Choice events={events} onChange={setEvents} />}
          {issueAt(issues, 'events') !== undefined && (
            <p className="mt-1 text-bad text-xs">{issueAt(issues, 'events')}</p>
          )}
        </div>
        {told !== null && (issues.length === 0 || told.code === 'webhook_target_refused') && (
          <p role="alert" className="text-bad text-sm">
            {told.title}.{' '}
            <span className="text-ink-2">
              {[issues.length === 0 ? told.detail : null, told.remedy].filter(Boolean).join(' ')}
            </span>
          </p>
        )}
        <div className="flex items-center justify-end gap-2">
          {noneChosen && <p className="mr-auto text-ink-3 text-xs">Choose at least one event.</p>}
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" disabled={busy || noneChosen}>
            {webhook === null ? 'Add' : 'Save'}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Choice({ events, onChange }: { events: EventType[]; onChange: (events: EventType[]) => void }) {
  const toggle = (type: EventType) =>
    onChange(events.includes(type) ? events.filter((one) => one !== type) : [...events, type]);
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      {Object.entries(EVENT_TYPES).map(([group, types]) => (
        <fieldset key={group} className="min-w-0">
          <legend className="mb-1 text-ink-3 text-xs">{group}</legend>
          {types.map((type) => (
            <label key={type} className="flex min-h-7 items-center gap-2 text-xs">
              <input
                type="checkbox"
                checked={events.includes(type)}
                onChange={() => toggle(type)}
                className="accent-accent"
              />
              <span className="font-mono">{type}</span>
            </label>
          ))}
        </fieldset>
      ))}
    </div>
  );
}
