const plain = (digits: number) =>
  new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency: 'USD',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
const FORMATS = [0, 2, 3, 4, 5, 6].map((digits) => [digits, plain(digits)] as const);
const format = (usd: number, digits: number): string => FORMATS.find(([n]) => n === digits)![1].format(usd);

/** USD with as many digits as matter: `$1,204`, `$12.40`, `$0.136`, `$0.0032`. */
export function money(usd: number): string {
  const size = Math.abs(usd);
  if (size === 0) return '$0';
  if (size >= 1_000) return format(usd, 0);
  if (size >= 1) return format(usd, Number.isInteger(usd) ? 0 : 2);
  if (size >= 0.01) return format(usd, 3);
  if (size >= 0.001) return format(usd, 4);
  if (size >= 0.000_1) return format(usd, 5);
  return size < 0.000_001 ? '<$0.000001' : format(usd, 6);
}

/** USD to the last digit that is stored, for a hover. */
export const exactMoney = (usd: number): string => `$${usd.toFixed(9).replace(/0+$/, '').replace(/\.$/, '')}`;
