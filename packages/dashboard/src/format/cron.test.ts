import { describe, expect, test } from 'vitest';
import { cronWords } from './cron.ts';

describe('a cron expression in words', () => {
  test.each([
    ['30 8 * * mon-fri', 'Monday to Friday at 08:30'],
    ['5 30 8 * * 1-5', null],
    ['0 30 8 * * 1-5', 'Monday to Friday at 08:30'],
    ['0 9,17 * * *', 'every day at 09:00 and 17:00'],
    ['0 */4 * * *', 'every 4 hours'],
    ['15 * * * *', 'every hour, at minute 15'],
    ['*/15 * * * *', 'every 15 minutes'],
    ['*/15 9-17 * * MON,WED', 'every 15 minutes from 09:00 to 17:59, Monday and Wednesday'],
    ['* * * * *', 'every minute'],
    ['@daily', 'every day at 00:00'],
    ['@weekly', 'Sunday at 00:00'],
    ['0 6 1 * *', 'on the 1st at 06:00'],
    ['0 6 1,15 1 *', 'on the 1st and 15th in January at 06:00'],
    ['0 6 L * *', 'on the last day of the month at 06:00'],
    ['0 6 * * mon#2', 'on the second Monday of the month at 06:00'],
    ['0 6 * * 7', 'Sunday at 06:00'],
  ])('%s is “%s”', (cron, words) => expect(cronWords(cron)).toBe(words));

  test.each(['', 'every day', '0 6 13 * fri', '1-5 * * * *', '0,10,20 1,2,3 * * *', '30 0 6 * * nonsense'])(
    '%s stays as it is',
    (cron) => expect(cronWords(cron)).toBeNull(),
  );
});
