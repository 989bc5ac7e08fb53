/** Which faults come, in which order, upon whom and for how long: a matter of the seed alone. */
import type { Random } from './random.ts';
import { LEASE_MS } from './world.ts';

export interface Fault {
  kind: FaultKind;
  /** Whom it strikes, counted from 1; of `n` there are when it comes, the (target − 1 modulo n)-th. */
  target: number;
  /** How long it lasts, where it lasts. */
  ms: number;
  /** Quiet after the one before. */
  pauseMs: number;
}

interface Shape {
  of: 'servers' | 'runners' | 'links' | 'agents' | 'one';
  ms: [number, number];
}

/** Every kind of fault; one round has each of them once, in an order of its own. */
export const KINDS = {
  'server killed': { of: 'servers', ms: [300, 1_500] },
  'server upgraded': { of: 'servers', ms: [300, 1_000] },
  'server frozen': { of: 'servers', ms: [2_000, 7_000] },
  'runner killed': { of: 'runners', ms: [200, 1_500] },
  'runner frozen past its lease': { of: 'runners', ms: [LEASE_MS + 1_500, LEASE_MS + 4_000] },
  'agent killed': { of: 'agents', ms: [0, 0] },
  'clients cut off': { of: 'links', ms: [0, 0] },
  'runners cut off': { of: 'links', ms: [0, 0] },
  'database cut off': { of: 'links', ms: [0, 0] },
  'clients unheard': { of: 'links', ms: [1_500, 4_000] },
  'runner unheard': { of: 'links', ms: [2_000, LEASE_MS + 3_000] },
  'database unheard': { of: 'links', ms: [1_500, 5_000] },
  'database slow by 500 ms': { of: 'one', ms: [3_000, 6_000] },
  'database connections terminated': { of: 'one', ms: [0, 0] },
  'database restarted': { of: 'one', ms: [0, 0] },
  'database killed': { of: 'one', ms: [0, 0] },
  'snapshot held': { of: 'one', ms: [5_000, 9_000] },
  'disk full': { of: 'one', ms: [2_000, 5_000] },
} as const satisfies Record<string, Shape>;
export type FaultKind = keyof typeof KINDS;

/** `counts` says how many there are of what can be struck; without any, the kind does not come. */
export function planFaults(random: Random, kinds: readonly FaultKind[], count: number): Fault[] {
  const faults: Fault[] = [];
  while (faults.length < count)
    for (const kind of random.shuffled(kinds))
      faults.push({
        kind,
        target: random.int(1, 4),
        ms: random.int(...(KINDS[kind].ms as [number, number])),
        pauseMs: random.int(500, 2_000),
      });
  return faults.slice(0, count);
}

export const inWords = ({ kind, target, ms }: Fault): string =>
  `${kind}${KINDS[kind].of === 'one' ? '' : ` #${target}`}${ms === 0 ? '' : ` for ${(ms / 1_000).toFixed(1)} s`}`;
