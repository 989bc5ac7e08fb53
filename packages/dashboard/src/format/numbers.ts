const whole = new Intl.NumberFormat('en-US');
const short = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 });

/** `812`, `15.2K`, `2.5M`. */
export const count = (n: number): string => (Math.abs(n) < 1_000 ? whole.format(n) : short.format(n));
/** `154,764`. */
export const exactCount = (n: number): string => whole.format(n);

/** `1 file`, `3 files`. */
export const plural = (n: number, one: string, many = `${one}s`): string => `${exactCount(n)} ${n === 1 ? one : many}`;

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];
/** Bytes in powers of a thousand: `812 B`, `1.2 MB`. */
export function bytes(n: number): string {
  const power = n < 1_000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(n) / 3));
  const value = n / 1_000 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[power]}`;
}

/** A share as a percentage; small ones keep a digit: `< 0.1 %`, `0.4 %`, `63 %`. */
export function percent(share: number): string {
  const size = Math.abs(share);
  if (size > 0 && size < 0.0005) return '< 0.1 %';
  return `${size > 0 && size < 0.01 ? (share * 100).toFixed(1) : Math.round(share * 100)} %`;
}
