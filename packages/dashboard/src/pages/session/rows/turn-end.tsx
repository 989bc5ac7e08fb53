import type { ReactNode } from 'react';
import { plural } from '../../../format/numbers.ts';
import { turnStatus } from '../../../format/status.ts';
import { duration } from '../../../format/time.ts';
import type { TurnEndRow } from '../../../transcript/rows.ts';
import { StatusIcon, toneInk } from '../../../ui/status.tsx';
import { Money, Tokens } from '../../../ui/values.tsx';

const WORDS: Record<string, string> = {
  model_error: 'the model failed',
  error_max_turns: 'the cap of turns for one message',
  error_during_execution: 'an error in the agent',
  max_turns: 'the session’s turn limit',
  budget_exceeded: 'the budget is spent',
  session_ended: 'the session ended',
  agent_start_failed: 'the agent did not start',
  agent_crashed: 'its process died twice',
  runner_lost: 'its runner was lost twice',
  history_not_loaded: 'its history was not loaded',
};

/** Where a turn ends: what it cost, used and took. */
export function TurnEnd({ row }: { row: TurnEndRow }) {
  const shown = turnStatus(row.status);
  const parts: [string, ReactNode][] = [];
  if (row.cost !== null) parts.push(['cost', <Money key="cost" usd={row.cost} />]);
  if (row.tokens > 0)
    parts.push([
      'tokens',
      <span key="tokens">
        <Tokens n={row.tokens} /> tokens
      </span>,
    ]);
  if (row.durationMs !== null) parts.push(['time', duration(row.durationMs)]);
  if (row.firstTokenMs !== null) parts.push(['first', `first token ${duration(row.firstTokenMs)}`]);
  if (row.numTurns > 1) parts.push(['turns', plural(row.numTurns, 'model call')]);
  const reason = row.error === null ? null : (WORDS[row.error.code] ?? row.error.message);
  return (
    <div className="py-1">
      <div className="flex items-center gap-3 text-ink-3 text-xs">
        <span className="h-px flex-1 bg-line" />
        <span className="flex min-w-0 flex-wrap items-center justify-center gap-x-3 gap-y-0.5">
          <span className={`inline-flex items-center gap-1 ${row.status === 'succeeded' ? '' : toneInk(shown.tone)}`}>
            <StatusIcon shown={shown} className="size-3.5" />
            {shown.word}
            {reason !== null && row.status !== 'interrupted' && `: ${reason}`}
          </span>
          {parts.map(([name, part]) => (
            <span key={name} className="tnum whitespace-nowrap">
              {part}
            </span>
          ))}
        </span>
        <span className="h-px flex-1 bg-line" />
      </div>
      {row.error !== null && row.status === 'failed' && row.error.message !== reason && (
        <p className="mx-auto mt-2 max-w-xl whitespace-pre-wrap break-words rounded-lg bg-bad-soft px-3 py-2 text-bad text-xs">
          {row.error.message}
        </p>
      )}
    </div>
  );
}
