/** What a turn's end means for whoever waits for it. Pure. */
import type { Session, Turn } from '@rigger/client';
import { EXIT } from '../exit-codes.ts';

const LIMIT_REASONS = new Set(['idle_timeout', 'lifetime_exceeded', 'budget_exceeded', 'max_turns']);
/** The SDK's own caps of one message too. */
const LIMIT_CODES = new Set(['max_turns', 'budget_exceeded', 'error_max_turns', 'error_max_budget_usd']);

type Ended = Pick<Session, 'statusReason' | 'paused'>;

/** @returns the exit code of a turn that is over, or that its session's pause keeps from going on. */
export function exitOf(turn: Pick<Turn, 'status' | 'error'>, session: Ended): number {
  if (turn.status === 'succeeded') return EXIT.ok;
  const byLimit = LIMIT_REASONS.has(session.statusReason ?? '') || LIMIT_CODES.has(turn.error?.code ?? '');
  if (session.paused || byLimit) return EXIT.limit;
  return turn.status === 'interrupted' ? EXIT.interrupted : EXIT.failed;
}

/** One line for a turn that did not succeed. */
export function complaint(turn: Pick<Turn, 'status' | 'error'>, session: Ended): string {
  if (session.paused)
    return 'The budget is spent and the session waits: raise it with PATCH { "maxBudgetUsd": … }, and the turn goes on.';
  const why = turn.error === null ? '' : `: ${turn.error.message} (${turn.error.code})`;
  return `The turn ${turn.status === 'failed' ? 'failed' : `was ${turn.status}`}${why}`;
}
