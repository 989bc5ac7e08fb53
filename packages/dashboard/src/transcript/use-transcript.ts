import { useMemo, useRef } from 'react';
import type { SessionLog } from '../api/log.ts';
import type { AgentFacts } from './agent-facts.ts';
import { liveRows } from './live-rows.ts';
import type { QueuedMessage, Row } from './rows.ts';
import { Transcript } from './transcript.ts';

export interface TranscriptView {
  /** Everything that is stored, and then what is being said. */
  rows: Row[];
  queued: QueuedMessage[];
  agents: AgentFacts[];
  parked: boolean;
  runner: string | null;
}

/** The transcript of a log. What came since the last draw is appended; it is made anew only when older events came. */
export function useTranscript(log: SessionLog): TranscriptView {
  const made = useRef<{ transcript: Transcript; first: number; taken: number } | null>(null);
  const { events, live } = log;
  const stored = useMemo(() => {
    const first = events[0]?.seq ?? 0;
    if (made.current === null || made.current.first !== first || made.current.taken > events.length)
      made.current = { transcript: new Transcript(), first, taken: 0 };
    const { transcript, taken } = made.current;
    transcript.append(taken === 0 ? events : events.slice(taken));
    made.current.taken = events.length;
    const { rows, queued, agents, parked, runner } = transcript;
    return { rows, queued, agents, parked, runner };
  }, [events]);
  return useMemo(() => {
    const saying = liveRows(live, events.at(-1)?.at ?? new Date(0).toISOString());
    return saying.length === 0 ? stored : { ...stored, rows: [...stored.rows, ...saying] };
  }, [stored, live, events]);
}
