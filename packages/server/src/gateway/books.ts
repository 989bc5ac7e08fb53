import type { Nano } from '../model/money.ts';
import type { TokenCounts } from '../model/prices.ts';
import type { CallEnd, CallStart, Opening } from '../store/ledger.ts';

/** Who keeps account of model calls: may one begin, may it go on, and what it came to. */
export interface Books {
  open(call: CallStart): Promise<Opening>;
  /** Resolves once an opened call is on the disk; false when the database crashed first and has lost it. */
  kept(id: string): Promise<boolean>;
  /** Resolves to what was held back now: less than `needed` when there is no more. */
  more(call: { id: string; sessionId: string }, needed: Nano, likely: Nano, tokens: TokenCounts): Promise<Nano>;
  /** Resolves once it is written, to whether the session goes on. */
  settle(sessionId: string, end: CallEnd): Promise<boolean>;
  keep(ids: string[]): Promise<void>;
}
