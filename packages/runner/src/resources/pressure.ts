/**
 * Whether memory is short, and what is done about it, in this order: spares are given up and none is made; then nothing new is taken and the
 * server is asked to park idle sessions, until there is enough again.
 */
import type { Memory } from './memory.ts';

/** What is to stay free: bytes, or a share of all there is. */
export type LeastFree = { bytes: number } | { share: number };

export interface Pressure {
  /** No memory for what nobody uses yet. */
  tight: boolean;
  /** Nothing new is taken. */
  short: boolean;
  /** How much more is to be free before it is over. */
  wantedBytes: number;
}

export const CALM: Pressure = { tight: false, short: false, wantedBytes: 0 };

/** Below twice the least, spares go; once short, it is over at one and a half times the least: not at once short again. */
const TIGHT = 2;
const RECOVERED = 1.5;

export const leastBytes = (least: LeastFree, { totalBytes }: Memory): number =>
  'bytes' in least ? least.bytes : least.share * totalBytes;

/** @param spares how many there are: while there are any, they are what is given up. */
export function pressureAt(before: Pressure, memory: Memory, least: LeastFree, spares: number): Pressure {
  const floor = leastBytes(least, memory);
  const { availableBytes } = memory;
  const enough = Math.min(floor * RECOVERED, memory.totalBytes);
  const short = before.short ? availableBytes < enough : availableBytes < floor && spares === 0;
  return {
    tight: availableBytes < floor * TIGHT,
    short,
    wantedBytes: short ? Math.ceil(Math.max(0, enough - availableBytes)) : 0,
  };
}
