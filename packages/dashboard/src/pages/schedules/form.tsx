import { useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { hasCode, rigger, tell } from '../../api/client.ts';
import { issueAt, issuesOf } from '../../api/issues.ts';
import { keys } from '../../api/keys.ts';
import type { Schedule, ScheduleUpdate } from '../../api/types.ts';
import { cronWords } from '../../format/cron.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Input, Select, Textarea } from '../../ui/field.tsx';
import { Labelled } from '../../ui/labelled.tsx';
import { Segments } from '../../ui/segments.tsx';
import { toast } from '../../ui/toast.tsx';
import { draftOf, emptyDraft, ownTimezone, type ScheduleDraft, toRequest } from './draft.ts';
import { TargetFields } from './target-fields.tsx';

const OFTEN: [cron: string, word: string][] = [
  ['0 * * * *', 'Every hour'],
  ['30 8 * * *', 'Every day'],
  ['30 8 * * mon-fri', 'Working days'],
  ['0 9 * * mon', 'Every week'],
  ['0 6 1 * *', 'Every month'],
];

/** A new schedule, or a change of one. */
export function ScheduleForm({
  schedule,
  onClose,
  onSaved,
}: {
  schedule: Schedule | null;
  onClose: () => void;
  onSaved: (schedule: Schedule) => void;
}) {
  const client = useQueryClient();
  const [draft, setDraft] = useState(() => (schedule === null ? emptyDraft() : draftOf(schedule)));
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const change = (more: Partial<ScheduleDraft>) => setDraft((before) => ({ ...before, ...more }));
  const issues = issuesOf(error);
  const wrong = (path: string) => issueAt(issues, path);
  const wrongSession =
    hasCode(error, 'session_not_found') || hasCode(error, 'session_not_active') ? tell(error).title : undefined;
  const save = async () => {
    setBusy(true);
    setError(null);
    try {
      const request = toRequest(draft, schedule);
      const saved =
        schedule === null
          ? await rigger.schedules.create(request)
          : await rigger.schedules.update(schedule.id, request as ScheduleUpdate);
      await client.invalidateQueries({ queryKey: keys.schedules });
      toast({ title: schedule === null ? `“${saved.name}” is scheduled` : `“${saved.name}” is changed` });
      onSaved(saved);
      onClose();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  const known = wrongSession !== undefined || issues.some(({ path }) => SHOWN.some((one) => path.startsWith(one)));
  const told = error !== null && !known ? tell(error) : null;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={schedule === null ? 'New schedule' : `Edit “${schedule.name}”`}
      className="max-w-2xl sm:top-[8vh] sm:max-h-[84vh]"
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
        className="space-y-5"
      >
        <Labelled label="Name" wrong={wrong('name')}>
          {(control) => (
            <Input
              {...control}
              autoFocus
              placeholder="Morning report"
              value={draft.name}
              onChange={(event) => change({ name: event.target.value })}
            />
          )}
        </Labelled>
        <Timing draft={draft} change={change} wrong={wrong} />
        <Labelled
          label="Message"
          wrong={wrong('prompt')}
          {...(draft.prompt === null ? { hint: 'It has pictures or files in it: it stays as it is.' } : {})}
        >
          {(control) => (
            <Textarea
              {...control}
              rows={3}
              disabled={draft.prompt === null}
              placeholder="What should the agent do each time?"
              value={draft.prompt ?? ''}
              onChange={(event) => change({ prompt: event.target.value })}
            />
          )}
        </Labelled>
        <TargetFields draft={draft} change={change} wrong={wrong} wrongSession={wrongSession} />
        <div className="grid gap-4 sm:grid-cols-2">
          <Labelled label="While an earlier run is not over">
            {(control) => (
              <Select
                {...control}
                value={draft.overlap}
                onChange={(event) => change({ overlap: event.target.value as ScheduleDraft['overlap'] })}
              >
                <option value="skip">leave the time out</option>
                <option value="queue">run after it</option>
              </Select>
            )}
          </Labelled>
          <Labelled label="Times at which no server was there">
            {(control) => (
              <Select
                {...control}
                value={draft.onMissed}
                onChange={(event) => change({ onMissed: event.target.value as ScheduleDraft['onMissed'] })}
              >
                <option value="once">one run for all of them</option>
                <option value="skip">leave them out</option>
              </Select>
            )}
          </Labelled>
        </div>
        {told !== null && (
          <p role="alert" className="text-bad text-sm">
            {told.title}. <span className="text-ink-2">{[told.detail, told.remedy].filter(Boolean).join(' ')}</span>
          </p>
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" disabled={busy}>
            {schedule === null ? 'Schedule it' : 'Save'}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** What is shown beside a field of the form. */
const SHOWN = [
  'name',
  'cron',
  'timezone',
  'at',
  'prompt',
  'target.sessionId',
  'target.agent',
  'target.create.pattern',
  'target.create.maxBudgetUsd',
  'target.create.config.model',
  'target.create.config.systemPrompt',
  'target.create.config.allowedTools',
];

/** When it comes: by a cron in a time zone, said in words beside it, or once. */
function Timing({
  draft,
  change,
  wrong,
}: {
  draft: ScheduleDraft;
  change: (more: Partial<ScheduleDraft>) => void;
  wrong: (path: string) => string | undefined;
}) {
  const zones = useId();
  const words = cronWords(draft.cron);
  return (
    <div className="space-y-3">
      <div className="flex">
        <Segments
          label="How often"
          value={draft.kind}
          options={[
            ['cron', 'Again and again'],
            ['once', 'Once'],
          ]}
          onChange={(kind) => change({ kind })}
        />
      </div>
      {draft.kind === 'once' ? (
        <Labelled label="At" hint={`On the clock of this browser: ${ownTimezone()}.`} wrong={wrong('at')}>
          {(control) => (
            <Input
              {...control}
              type="datetime-local"
              className="sm:w-60"
              value={draft.at}
              onChange={(event) => change({ at: event.target.value })}
            />
          )}
        </Labelled>
      ) : (
        <>
          <div className="flex flex-wrap gap-1.5">
            {OFTEN.map(([cron, word]) => (
              <Button
                key={cron}
                size="sm"
                aria-pressed={draft.cron === cron}
                onClick={() => change({ cron })}
                className={draft.cron === cron ? 'border-accent bg-accent-soft' : ''}
              >
                {word}
              </Button>
            ))}
          </div>
          <div className="grid gap-4 sm:grid-cols-2">
            <Labelled
              label="Cron"
              hint={words === null ? 'Minute, hour, day of the month, month, day of the week.' : `${words}.`}
              wrong={wrong('cron')}
            >
              {(control) => (
                <Input
                  {...control}
                  spellCheck={false}
                  autoCapitalize="off"
                  className="font-mono"
                  value={draft.cron}
                  onChange={(event) => change({ cron: event.target.value })}
                />
              )}
            </Labelled>
            <Labelled label="Time zone" wrong={wrong('timezone')}>
              {(control) => (
                <>
                  <Input
                    {...control}
                    list={zones}
                    spellCheck={false}
                    value={draft.timezone}
                    onChange={(event) => change({ timezone: event.target.value })}
                  />
                  <datalist id={zones}>
                    {['UTC', ...Intl.supportedValuesOf('timeZone')].map((zone) => (
                      <option key={zone} value={zone} />
                    ))}
                  </datalist>
                </>
              )}
            </Labelled>
          </div>
        </>
      )}
    </div>
  );
}
