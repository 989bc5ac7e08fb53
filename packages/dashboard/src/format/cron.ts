/** A cron expression in words, as far as there are short ones. Pure; what a time comes to is the server's to say. */

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const NTH = ['first', 'second', 'third', 'fourth', 'fifth'];
const ALIASES: Record<string, string> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
};
/** More times of a day than these are not spelt out. */
const SPELT = 4;

const and = (words: string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
const ordinal = (n: number): string => {
  const tail = n % 100 > 10 && n % 100 < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th');
  return `${n}${tail}`;
};
const numbers = (field: string): number[] | null => (/^\d+(,\d+)*$/.test(field) ? field.split(',').map(Number) : null);
const stepOf = (field: string): number | null => {
  const step = /^(?:\*|0)\/(\d+)$/.exec(field)?.[1];
  return step === undefined ? null : Number(step);
};
const two = (n: number): string => String(n).padStart(2, '0');

/** A name or a number of a day or a month, as it is called; null: neither. */
function named(word: string, names: string[], first: number): string | null {
  if (/^\d+$/.test(word)) return names[(Number(word) - first) % names.length] ?? null;
  return names.find((name) => name.slice(0, 3).toLowerCase() === word.toLowerCase()) ?? null;
}

/** `mon-fri` is `Monday to Friday`, `1,4` is `Monday and Thursday`. */
function namesOf(field: string, names: string[], first: number): string | null {
  const words = field.split(',').map((part) => {
    const ends = part.split('-').map((word) => named(word, names, first));
    return ends.length > 2 || ends.includes(null) ? null : ends.join(' to ');
  });
  return words.includes(null) ? null : and(words as string[]);
}

function timesOf(minute: string, hour: string): string | null {
  const [minutes, hours] = [numbers(minute), numbers(hour)];
  if (minutes !== null && hours !== null) {
    const times = hours.flatMap((h) => minutes.map((m) => `${two(h)}:${two(m)}`));
    return times.length > SPELT ? null : `at ${and(times)}`;
  }
  const past = minutes === null ? null : minutes.join() === '0' ? '' : `, at minute ${and(minutes.map(String))}`;
  const [everyMinutes, everyHours] = [stepOf(minute), stepOf(hour)];
  if (hour === '*' && past !== null) return `every hour${past}`;
  if (everyHours !== null && past !== null) return `every ${everyHours} hours${past}`;
  const each =
    minute === '*'
      ? 'every minute'
      : everyMinutes === null
        ? null
        : `every ${everyMinutes} minutes`.replace(' 1 minutes', ' minute');
  if (each === null) return null;
  if (hour === '*') return each;
  const span = /^(\d+)-(\d+)$/.exec(hour);
  if (span === null) return null;
  return `${each} from ${two(Number(span[1]))}:00 to ${two(Number(span[2]))}:59`;
}

function daysOf(day: string, weekday: string): string | null {
  if (day === '*' && weekday === '*') return '';
  if (weekday === '*') {
    if (day === 'L') return 'on the last day of the month';
    const days = numbers(day);
    return days === null ? null : `on the ${and(days.map(ordinal))}`;
  }
  if (day !== '*') return null;
  const nth = /^(\w+)#(\d)$/.exec(weekday);
  if (nth !== null) {
    const [name, which] = [named(nth[1]!, DAYS, 0), NTH[Number(nth[2]) - 1]];
    return name === null || which === undefined ? null : `on the ${which} ${name} of the month`;
  }
  return namesOf(weekday, DAYS, 0);
}

/** `30 8 * * mon-fri` is `Monday to Friday at 08:30`. Null where nothing is clearer than the expression itself. */
export function cronWords(cron: string): string | null {
  const fields = (ALIASES[cron.trim().toLowerCase()] ?? cron).trim().split(/\s+/);
  if (fields.length === 6) {
    if (fields[0] !== '0') return null;
    fields.shift();
  }
  if (fields.length !== 5) return null;
  const [minute, hour, day, month, weekday] = fields as [string, string, string, string, string];
  const [times, days] = [timesOf(minute, hour), daysOf(day.toUpperCase(), weekday)];
  const months = month === '*' ? '' : namesOf(month, MONTHS, 1);
  if (times === null || days === null || months === null) return null;
  const when = months === '' ? days : `${days}${days === '' ? '' : ' '}in ${months}`;
  if (times.startsWith('at ')) return `${when === '' ? 'every day' : when} ${times}`;
  return when === '' ? times : `${times}, ${when}`;
}
