/** States as icon, word and colour together: never one of them alone. */
import {
  Ban,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleDot,
  CirclePause,
  CircleX,
  Hand,
  LoaderCircle,
  type LucideIcon,
  Moon,
} from 'lucide-react';
import type { Session, TurnStatus } from '../api/types.ts';

export type Tone = 'quiet' | 'accent' | 'good' | 'warn' | 'bad';
export interface Shown {
  icon: LucideIcon;
  word: string;
  tone: Tone;
  /** Turns while it lasts. */
  moves?: boolean;
}

const REASONS: Record<string, string> = {
  user_requested: 'by request',
  idle_timeout: 'idle for too long',
  lifetime_exceeded: 'lifetime over',
  budget_exceeded: 'budget spent',
  max_turns: 'turn limit reached',
};
/** Why a session ended, in words. */
export const reasonWords = (reason: string | null): string | null =>
  reason === null || reason === 'error' ? null : (REASONS[reason] ?? reason.replaceAll('_', ' '));

/** How a session is shown. */
export function sessionStatus(
  session: Pick<Session, 'status' | 'paused' | 'pendingPermissions'> & Partial<Pick<Session, 'parked'>>,
  parked = session.parked === true,
): Shown {
  if ((session.pendingPermissions ?? 0) > 0 && (session.status === 'active' || session.status === 'idle'))
    return { icon: Hand, word: 'Needs you', tone: 'warn' };
  switch (session.status) {
    case 'initializing':
      return { icon: CircleDashed, word: 'Starting', tone: 'quiet', moves: true };
    case 'active':
      return { icon: LoaderCircle, word: 'Running', tone: 'accent', moves: true };
    case 'idle':
      if (session.paused) return { icon: CirclePause, word: 'Paused', tone: 'warn' };
      return parked ? { icon: Moon, word: 'Parked', tone: 'quiet' } : { icon: CircleDot, word: 'Idle', tone: 'quiet' };
    case 'completed':
      return { icon: CircleCheck, word: 'Completed', tone: 'good' };
    case 'error':
      return { icon: CircleX, word: 'Failed', tone: 'bad' };
    case 'terminated':
      return { icon: Ban, word: 'Terminated', tone: 'quiet' };
  }
}

const TURNS: Record<TurnStatus, Shown> = {
  queued: { icon: CircleDashed, word: 'Queued', tone: 'quiet' },
  running: { icon: LoaderCircle, word: 'Running', tone: 'accent', moves: true },
  succeeded: { icon: CircleCheck, word: 'Done', tone: 'good' },
  failed: { icon: CircleAlert, word: 'Failed', tone: 'bad' },
  cancelled: { icon: Ban, word: 'Cancelled', tone: 'quiet' },
  interrupted: { icon: CirclePause, word: 'Interrupted', tone: 'warn' },
};
export const turnStatus = (status: TurnStatus): Shown => TURNS[status];

/** Whether a session can still change. */
export const isLive = (session: Pick<Session, 'status'>): boolean =>
  session.status === 'initializing' || session.status === 'active' || session.status === 'idle';

export const PATTERN_WORDS: Record<Session['pattern'], string> = {
  ephemeral: 'Ephemeral',
  'long-running': 'Long-running',
  hybrid: 'Hybrid',
  'single-container': 'Single container',
};

/** What a session is called: its description's first line, or its id. */
export const sessionTitle = (session: Pick<Session, 'id' | 'description'>): string =>
  session.description?.split('\n').find((line) => line.trim() !== '') ?? shortId(session.id);

/** The end of an id, which tells it apart. */
export const shortId = (id: string): string => (id.length > 16 ? `${id.slice(0, 5)}…${id.slice(-6)}` : id);
