import { useNavigate } from '@tanstack/react-router';
import { CalendarRange } from 'lucide-react';
import { Popover } from 'radix-ui';
import { useId, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { DAY_MS, HOUR_MS } from '../../ui/chart/series.ts';
import { intervalName } from '../../ui/chart/ticks.ts';
import { Input, Label } from '../../ui/field.tsx';
import { Segments } from '../../ui/segments.tsx';
import { RANGES, type UsageSearch } from './search.ts';

const WORDS = { today: 'Today', '24h': '24 h', '7d': '7 d', '30d': '30 d', '90d': '90 d' } as const;
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** A time of one's own in words. */
function timeWords(from: string, to: string | undefined): string {
  const [begin, end] = [Date.parse(from), to === undefined ? null : Date.parse(to)];
  if (end !== null && end - begin === HOUR_MS) return intervalName(begin, HOUR_MS);
  if (end !== null && end - begin <= DAY_MS) return day.format(begin);
  return `${day.format(begin)} – ${end === null ? 'now' : day.format(end - 1)}`;
}

/** The time that the whole page is about. */
export function RangePicker({ search }: { search: UsageSearch }) {
  const navigate = useNavigate();
  const { from: _, to: __, range: ___, ...rest } = search;
  const [open, setOpen] = useState(false);
  return (
    <>
      <Segments
        label="Time"
        value={search.from === undefined ? (search.range ?? '7d') : undefined}
        options={RANGES.map((range) => [range, WORDS[range]])}
        onChange={(range) => void navigate({ to: '/usage', search: { ...rest, range } })}
      />
      <Popover.Root open={open} onOpenChange={setOpen}>
        <Popover.Trigger asChild>
          <Button
            look={search.from === undefined ? 'ghost' : 'plain'}
            size="sm"
            aria-label={search.from === undefined ? 'Other days' : `Other days: ${timeWords(search.from, search.to)}`}
          >
            <CalendarRange />
            {search.from !== undefined && timeWords(search.from, search.to)}
          </Button>
        </Popover.Trigger>
        <Popover.Portal>
          <Popover.Content
            align="end"
            sideOffset={4}
            collisionPadding={8}
            aria-label="Other days"
            className="z-50 w-64 animate-in rounded-lg border bg-raised p-3 shadow-pop"
          >
            <Days
              search={search}
              onPick={(from, to) => {
                setOpen(false);
                void navigate({ to: '/usage', search: { ...rest, from, to } });
              }}
            />
          </Popover.Content>
        </Popover.Portal>
      </Popover.Root>
    </>
  );
}

function Days({ search, onPick }: { search: UsageSearch; onPick: (from: string, to: string) => void }) {
  const today = new Date().toISOString().slice(0, 10);
  const [first, setFirst] = useState(search.from?.slice(0, 10) ?? today);
  const [last, setLast] = useState(
    search.to === undefined ? today : new Date(Date.parse(search.to) - 1).toISOString().slice(0, 10),
  );
  const id = useId();
  const isRight = first !== '' && last !== '' && first <= last;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!isRight) return;
        onPick(`${first}T00:00:00.000Z`, new Date(Date.parse(last) + DAY_MS).toISOString());
      }}
      className="space-y-3"
    >
      <div>
        <Label htmlFor={`${id}-first`}>First day (UTC)</Label>
        <Input
          id={`${id}-first`}
          type="date"
          max={today}
          value={first}
          onChange={(event) => setFirst(event.target.value)}
        />
      </div>
      <div>
        <Label htmlFor={`${id}-last`}>Last day (UTC)</Label>
        <Input
          id={`${id}-last`}
          type="date"
          max={today}
          value={last}
          onChange={(event) => setLast(event.target.value)}
        />
      </div>
      <Button look="primary" type="submit" disabled={!isRight} className="w-full">
        Show
      </Button>
    </form>
  );
}
