const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A duration in two units at most: `240 ms`, `1.7 s`, `4 min 5 s`, `3 h 20 min`, `2 d 4 h`. */
export function duration(ms: number): string {
  const two = (size: number, unit: string, rest: number, below: string): string => {
    const whole = Math.floor(ms / size);
    const more = Math.floor((ms - whole * size) / rest);
    return more === 0 ? `${whole} ${unit}` : `${whole} ${unit} ${more} ${below}`;
  };
  if (ms <= 0) return '0 s';
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  if (ms < 10 * SECOND) return `${(ms / SECOND).toFixed(1)} s`;
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return two(MINUTE, 'min', SECOND, 's');
  if (ms < DAY) return two(HOUR, 'h', MINUTE, 'min');
  return two(DAY, 'd', HOUR, 'h');
}

const sameYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const otherYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const exact = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** How long ago, or in how long: `now`, `12 s ago`, `in 5 min`, `3 d ago`; a date beyond two weeks. */
export function relative(iso: string, now: number): string {
  const then = Date.parse(iso);
  const apart = Math.abs(now - then);
  if (apart < 5 * SECOND) return 'now';
  const amount =
    apart < MINUTE
      ? `${Math.floor(apart / SECOND)} s`
      : apart < HOUR
        ? `${Math.floor(apart / MINUTE)} min`
        : apart < DAY
          ? `${Math.floor(apart / HOUR)} h`
          : apart < 14 * DAY
            ? `${Math.floor(apart / DAY)} d`
            : null;
  if (amount === null)
    return (new Date(then).getFullYear() === new Date(now).getFullYear() ? sameYear : otherYear).format(then);
  return then > now ? `in ${amount}` : `${amount} ago`;
}

/** The moment in the reader's own time zone, to the second. */
export const exactTime = (iso: string): string => exact.format(Date.parse(iso));
/** `14:03:22`, in the reader's own time zone. */
export const clockTime = (iso: string): string => clock.format(Date.parse(iso));
