import type { Schedule } from '../../api/types.ts';
import { scheduleStatus, timingWords } from '../../format/schedules.ts';
import { cn } from '../../ui/cn.ts';
import { Status } from '../../ui/status.tsx';
import { Ago } from '../../ui/values.tsx';

/** A schedule in the list: what it is called, when it comes, and how soon. */
export function ScheduleRow({
  schedule,
  current,
  onChoose,
}: {
  schedule: Schedule;
  current: boolean;
  onChoose: () => void;
}) {
  const [next] = schedule.nextTimes;
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
        <span className="truncate font-medium text-sm">{schedule.name}</span>
        <Status shown={scheduleStatus(schedule)} className="justify-self-end text-xs" />
        <span className="truncate text-ink-2 text-xs">{timingWords(schedule)}</span>
        <span className="text-right text-ink-3 text-xs">
          {schedule.status === 'active' && next !== undefined ? <Ago at={next} /> : ''}
        </span>
      </button>
    </li>
  );
}
