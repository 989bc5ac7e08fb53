/** The four hosting patterns, as they are offered to people. */
import { Boxes, type LucideIcon, MessagesSquare, Timer, Zap } from 'lucide-react';
import type { SessionPattern } from '../api/types.ts';

export interface PatternWords {
  pattern: SessionPattern;
  icon: LucideIcon;
  name: string;
  /** When it is the one to take. */
  when: string;
  /** What becomes of it. */
  after: string;
  examples: string;
}

export const PATTERNS: PatternWords[] = [
  {
    pattern: 'ephemeral',
    icon: Zap,
    name: 'Ephemeral',
    when: 'One job that is over when it is answered.',
    after: 'Ends with its answer; deleted with its files a minute later.',
    examples: 'a bug fix, an invoice, a translation',
  },
  {
    pattern: 'long-running',
    icon: Timer,
    name: 'Long-running',
    when: 'It must answer at once, or its process holds something that must stay.',
    after: 'Resident from creation; restarted with its history; ends when you or a limit end it.',
    examples: 'an inbox, a site under work, a watch',
  },
  {
    pattern: 'hybrid',
    icon: MessagesSquare,
    name: 'Hybrid',
    when: 'Somebody comes back to it later. When in doubt, this one.',
    after: 'Parked when idle, and then costs nothing; any message brings it back, files and memory too.',
    examples: 'a project, a customer, research',
  },
  {
    pattern: 'single-container',
    icon: Boxes,
    name: 'Single container',
    when: 'Several agents work in one sandbox and write to each other.',
    after: 'A coordinator and as many agents as you name, with one workspace.',
    examples: 'a simulation, a writer with a reviewer',
  },
];

export const patternWords = (pattern: SessionPattern): PatternWords =>
  PATTERNS.find((one) => one.pattern === pattern) ?? PATTERNS[2]!;
