/** What the examples print: plain lines, coloured only where a person looks at them. */
const colours = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code) => (text) => (colours ? `\u001b[${code}m${text}\u001b[0m` : text);
export const bold = paint(1);
export const dim = paint(2);
const green = paint(32);
const red = paint(31);

export const line = (text = '') => process.stdout.write(`${text}\n`);

/** The first line of a text, shortened. */
export function brief(text, length = 100) {
  const [first = ''] = String(text).trim().split('\n');
  return first.length > length ? `${first.slice(0, length)}…` : first;
}

export const usd = (amount) => `$${amount.toFixed(4)}`;

export function spent(session) {
  return `${usd(session.totalCost)}, ${session.totalTokens} tokens, ${session.numTurns} turns, tools ${session.toolsUsed.join(', ') || 'none'}`;
}

/** What an example claims, checked: a claim that does not hold fails the example, but the others are still looked at. */
export class Proof {
  #claims = [];

  check(claim, holds, seen = '') {
    this.#claims.push({ claim, holds: Boolean(holds), seen });
  }

  /** Prints the claims. @returns whether all of them hold. */
  conclude() {
    if (this.#claims.length === 0) return true;
    line(`\n  ${bold('Proved:')}`);
    for (const { claim, holds, seen } of this.#claims) {
      const detail = seen === '' ? '' : dim(` (${seen})`);
      line(`  ${holds ? green('✓') : red('✗')} ${claim}${holds ? detail : `${red(' DOES NOT HOLD')}${detail}`}`);
    }
    return this.#claims.every(({ holds }) => holds);
  }
}
