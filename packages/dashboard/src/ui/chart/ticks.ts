import type uPlot from 'uplot';
import { DAY_MS } from './series.ts';

const hour = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const utcDay = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const dayAndHour = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});
const wholeDay = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  timeZone: 'UTC',
});

/** An interval in words: hours in the reader's time zone, days as those of UTC, by which they are counted. */
export function intervalName(start: number, stepMs: number): string {
  if (stepMs >= DAY_MS) return wholeDay.format(start);
  return `${dayAndHour.format(start)}–${hour.format(start + stepMs)}`;
}

const LABEL_PX = 64;

/** Where the axis of time has its words: at the beginning of intervals, as many as there is room for. */
export function intervalTicks(starts: number[], stepMs: number): Pick<uPlot.Axis, 'splits' | 'values'> {
  const name = (ms: number): string => {
    if (stepMs >= DAY_MS) return utcDay.format(ms);
    return new Date(ms).getHours() === 0 ? day.format(ms) : hour.format(ms);
  };
  return {
    splits: (plot, _axis, min, max) => {
      const shown = Math.round(((max - min) * 1_000) / stepMs);
      const fits = Math.max(1, Math.floor(plot.width / LABEL_PX));
      const every = [1, 2, 3, 6, 7, 12, 14, 24, 28, 48, 96].find((n) => shown / n <= fits) ?? Math.ceil(shown / fits);
      // Hours are counted from the reader's midnight, so that midnight itself is among them.
      const offset = stepMs >= DAY_MS ? 0 : new Date(starts[0]!).getHours() % every;
      const first = Math.round(min * 1_000) - offset * stepMs;
      // A day's name stands in the middle of it, an hour's where it begins.
      const within = stepMs >= DAY_MS ? stepMs / 2 : 0;
      return Array.from(
        { length: Math.ceil((shown + offset) / every) },
        (_, n) => (first + n * every * stepMs + within) / 1_000,
      ).filter((at) => at >= min);
    },
    values: (_plot, ticks) => ticks.map((tick) => name(tick * 1_000)),
  };
}
