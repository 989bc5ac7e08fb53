/**
 * Money is exact: nano-dollars as bigint in rules, `numeric(20,9)` in the database. Only at the edge, where the
 * contract wants a JSON number, does it become one.
 */
export type Nano = bigint;

const NANO_DIGITS = 9;

/** USD as the SDK reports it (a float) or as the database keeps it (a decimal text), rounded to a nano-dollar. */
export function toNano(usd: number | string): Nano {
  const text = typeof usd === 'number' ? usd.toFixed(NANO_DIGITS) : usd;
  const [, sign = '', whole = '0', fraction = ''] = /^(-?)(\d*)(?:\.(\d*))?$/.exec(text) ?? [];
  const nano =
    BigInt(whole || '0') * 10n ** BigInt(NANO_DIGITS) + BigInt(fraction.padEnd(NANO_DIGITS, '0').slice(0, NANO_DIGITS));
  return sign === '-' ? -nano : nano;
}

/** As a decimal text that `numeric` takes without loss. */
export function toDecimal(nano: Nano): string {
  const digits = (nano < 0n ? -nano : nano).toString().padStart(NANO_DIGITS + 1, '0');
  return `${nano < 0n ? '-' : ''}${digits.slice(0, -NANO_DIGITS)}.${digits.slice(-NANO_DIGITS)}`;
}

/** As the JSON number that the contract shows. */
export const toUsd = (nano: Nano): number => Number(toDecimal(nano));
