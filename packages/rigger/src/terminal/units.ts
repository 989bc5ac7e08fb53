/** Numbers as people read them. */

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'];
export function bytes(count: number): string {
  const step = Math.min(Math.floor(Math.log10(Math.max(count, 1)) / 3), UNITS.length - 1);
  return step === 0 ? `${count} B` : `${(count / 1_000 ** step).toFixed(1)} ${UNITS[step]}`;
}

/** Of small amounts, enough digits that they are not nothing. */
export const usd = (value: number): string =>
  `$${value.toFixed(value !== 0 && Math.abs(value) < 0.01 ? 6 : value < 1 ? 4 : 2)}`;

export const whole = (value: number): string => value.toLocaleString('en-US');

const STEPS: [string, number][] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
];
/** `3m`, `2h`, `5d`: the largest unit of which there is one. */
export function span(ms: number): string {
  const [unit, length] = STEPS.find(([, one]) => ms >= one) ?? STEPS.at(-1)!;
  return `${Math.floor(Math.max(ms, 0) / length)}${unit}`;
}

/** `30s`, `5m`, `2h`, `1d`, or milliseconds. @returns milliseconds, or null for what is none of these. */
export function toMs(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text.trim());
  if (match === null) return null;
  const unit = match[2] ?? 'ms';
  return Math.round(Number(match[1]) * (STEPS.find(([name]) => name === unit)?.[1] ?? 1));
}
