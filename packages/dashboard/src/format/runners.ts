import { CircleCheck, CircleMinus, CircleX, Unplug } from 'lucide-react';
import type { Runner } from '../api/types.ts';
import type { Shown } from './status.ts';

const STATES: Record<Runner['state'], Shown> = {
  ready: { icon: CircleCheck, word: 'Ready', tone: 'good' },
  draining: { icon: CircleMinus, word: 'Draining', tone: 'warn' },
  disconnected: { icon: Unplug, word: 'Disconnected', tone: 'warn' },
  lost: { icon: CircleX, word: 'Lost', tone: 'bad' },
};
export const runnerStatus = (runner: Pick<Runner, 'state'>): Shown => STATES[runner.state];
