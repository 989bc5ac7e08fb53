import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CirclePause, CirclePlay, Pencil, Play, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { rigger } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { sessionQuery } from '../../api/queries.ts';
import type { Schedule } from '../../api/types.ts';
import { useCommands } from '../../app/commands.ts';
import {
  createdWords,
  promptText,
  scheduleReason,
  scheduleStatus,
  targetOf,
  timingWords,
  zonedTime,
} from '../../format/schedules.ts';
import { sessionTitle, shortId } from '../../format/status.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { Section } from '../../ui/section.tsx';
import { Status } from '../../ui/status.tsx';
import { toast, toastError } from '../../ui/toast.tsx';
import { Ago } from '../../ui/values.tsx';
import { Runs } from './runs.tsx';

/** One schedule: what it says to whom and when, what can be done about it, and what came of it. */
export function ScheduleDetail({
  schedule,
  onEdit,
  onGone,
}: {
  schedule: Schedule;
  onEdit: () => void;
  onGone: () => void;
}) {
  const client = useQueryClient();
  const [removing, setRemoving] = useState(false);
  const [busy, setBusy] = useState(false);
  const { id, name, status } = schedule;
  const act = async (what: () => Promise<unknown>, said: string) => {
    setBusy(true);
    try {
      await what();
      toast({ title: said });
    } catch (error) {
      toastError(error);
    } finally {
      setBusy(false);
      void client.invalidateQueries({ queryKey: keys.schedules });
      void client.invalidateQueries({ queryKey: keys.scheduleRuns(id) });
    }
  };
  const run = () => act(() => rigger.schedules.run(id), 'It runs now');
  const pause = () => act(() => rigger.schedules.pause(id), 'Paused: times pass without a run');
  const resume = () => act(() => rigger.schedules.resume(id), 'Resumed, from its next time on');
  useCommands([
    {
      id: 'run schedule',
      title: `Run “${name}” now`,
      group: 'Schedules',
      keys: 'r',
      icon: Play,
      run: () => void run(),
    },
    { id: 'edit schedule', title: `Edit “${name}”`, group: 'Schedules', keys: 'e', icon: Pencil, run: onEdit },
  ]);
  const reason = scheduleReason(schedule);
  return (
    <article aria-label={name} className="min-w-0 space-y-6">
      <div>
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <h2 className="min-w-0 break-words font-semibold text-lg">{name}</h2>
          <Status shown={scheduleStatus(schedule)} />
        </div>
        {reason !== null && <p className="mt-1 text-bad text-sm">{reason}</p>}
        <div className="mt-3 flex flex-wrap gap-2">
          <Button onClick={run} disabled={busy || status === 'disabled'}>
            <Play /> Run now
          </Button>
          {status === 'active' ? (
            <Button onClick={pause} disabled={busy}>
              <CirclePause /> Pause
            </Button>
          ) : (
            <Button onClick={resume} disabled={busy || status === 'done'}>
              <CirclePlay /> Resume
            </Button>
          )}
          <Button onClick={onEdit}>
            <Pencil /> Edit
          </Button>
          <Button look="dangerGhost" onClick={() => setRemoving(true)}>
            <Trash2 /> Delete
          </Button>
        </div>
      </div>
      <dl className="grid grid-cols-[5.5rem_minmax(0,1fr)] gap-x-4 gap-y-2 text-sm">
        <dt className="text-ink-3">When</dt>
        <dd className="break-words">
          {timingWords(schedule)}
          {schedule.cron !== null && <span className="ml-2 font-mono text-ink-3 text-xs">{schedule.cron}</span>}
        </dd>
        <dt className="text-ink-3">Next</dt>
        <dd>
          <Next schedule={schedule} />
        </dd>
        <dt className="text-ink-3">To</dt>
        <dd className="min-w-0">
          <Whom schedule={schedule} />
        </dd>
        <dt className="text-ink-3">Says</dt>
        <dd className="max-h-40 overflow-y-auto whitespace-pre-wrap break-words">{promptText(schedule.prompt)}</dd>
        <dt className="text-ink-3">Rules</dt>
        <dd className="text-ink-2">
          {schedule.overlap === 'skip'
            ? 'While a run is not over, a time is left out.'
            : 'While a run is not over, the next one waits for it.'}{' '}
          {schedule.onMissed === 'once'
            ? 'Times at which no server was there are made up for by one run.'
            : 'Times at which no server was there are left out.'}
        </dd>
      </dl>
      <Section title="Runs">
        <Runs schedule={schedule} />
      </Section>
      <Confirm
        open={removing}
        onOpenChange={setRemoving}
        title={`Delete “${name}”?`}
        description="Its times and the list of its runs are gone for good. Sessions that it has made or written to stay, and what it has started goes on."
        action="Delete"
        onConfirm={async () => {
          await rigger.schedules.delete(id);
          toast({ title: `“${name}” is deleted` });
          onGone();
          await client.invalidateQueries({ queryKey: keys.schedules });
        }}
      />
    </article>
  );
}

/** The next times: how soon, and on which day, in the schedule's own time zone. */
function Next({ schedule: { status, nextTimes, timezone } }: { schedule: Schedule }) {
  if (status === 'paused') return <span className="text-ink-2">none while it is paused</span>;
  if (nextTimes.length === 0) return <span className="text-ink-2">no more</span>;
  return (
    <ol className="space-y-0.5">
      {nextTimes.map((at) => (
        <li key={at} className="tnum flex gap-3">
          <span className="w-36 shrink-0">{zonedTime(at, timezone)}</span>
          <Ago at={at} className="text-ink-3" />
        </li>
      ))}
    </ol>
  );
}

function Whom({ schedule }: { schedule: Schedule }) {
  const target = targetOf(schedule);
  const id = 'sessionId' in target ? target.sessionId : null;
  const { data } = useQuery({ ...sessionQuery(id ?? ''), enabled: id !== null, retry: false });
  if (!('sessionId' in target)) {
    const { description, pattern } = target.create;
    return (
      <>
        {createdWords({ pattern })}
        {description !== undefined && <span className="text-ink-2">, “{description}”</span>}
      </>
    );
  }
  return (
    <>
      <Link to="/sessions/$id" params={{ id: target.sessionId }} className="underline decoration-line-strong">
        {data === undefined ? shortId(target.sessionId) : sessionTitle(data)}
      </Link>
      {target.agent !== undefined && <span className="text-ink-2">, its agent {target.agent}</span>}
    </>
  );
}
