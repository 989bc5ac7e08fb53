/** What the form can begin with. */
import { Bug, ClipboardList, Inbox, type LucideIcon, Microscope, ReceiptText, Swords, UsersRound } from 'lucide-react';
import { PATTERNS } from '../../format/patterns.ts';
import { type Draft, EMPTY } from './draft.ts';

interface Preset {
  id: string;
  name: string;
  icon: LucideIcon;
  draft: Partial<Draft>;
}

const WORK = ['Read', 'Write', 'Edit', 'Glob', 'Grep', 'Bash'];

export const PRESETS: Preset[] = [
  {
    id: 'bug-fix',
    name: 'Fix a bug',
    icon: Bug,
    draft: {
      pattern: 'ephemeral',
      description: 'Fix the failing test',
      systemPrompt: 'Find the cause of the bug, mend it, and run the tests before you say that it is done.',
      prompt: 'Fix the failing tests.',
      allow: WORK,
      ask: ['Bash(git push *)'],
      budget: '1',
      turnsPerMessage: '40',
      tags: ['bug-fix'],
    },
  },
  {
    id: 'invoices',
    name: 'Process invoices',
    icon: ReceiptText,
    draft: {
      pattern: 'ephemeral',
      description: 'Process the invoices',
      systemPrompt: 'Read each invoice, check its sum, and write the result as JSON.',
      prompt: 'Process the invoices.',
      allow: ['Read', 'Write', 'Glob', 'Bash'],
      deny: ['WebFetch', 'WebSearch'],
      budget: '0.5',
      tags: ['invoices'],
    },
  },
  {
    id: 'research',
    name: 'Research assistant',
    icon: Microscope,
    draft: {
      pattern: 'hybrid',
      description: 'Research',
      systemPrompt: 'Answer with sources. Keep notes in notes.md, and read them first when you are asked again.',
      prompt: 'What have we found out so far? Begin a notes.md if there is none.',
      allow: ['Read', 'Write', 'Edit', 'Glob', 'Grep', 'WebSearch', 'WebFetch'],
      budget: '5',
      onBudget: 'pause',
      idle: '30',
      tags: ['research'],
    },
  },
  {
    id: 'project',
    name: 'Project with tasks',
    icon: ClipboardList,
    draft: {
      pattern: 'hybrid',
      description: 'A project and its tasks',
      systemPrompt: 'You keep the tasks of a project in tasks.json.',
      prompt: 'Add a task: book the venue',
      allow: WORK,
      budget: '5',
      onBudget: 'pause',
      idle: '30',
    },
  },
  {
    id: 'inbox',
    name: 'Watch an inbox',
    icon: Inbox,
    draft: {
      pattern: 'long-running',
      description: 'Watch the inbox',
      systemPrompt: 'You watch the folder inbox. Say what came, and draft answers in outbox; send nothing.',
      prompt: 'Check the inbox.',
      allow: ['Read', 'Write', 'Glob', 'Bash'],
      budget: '20',
      onBudget: 'pause',
      idle: '1440',
    },
  },
  {
    id: 'simulation',
    name: 'Simulation with players',
    icon: Swords,
    draft: {
      pattern: 'single-container',
      description: 'A game of two players',
      prompt: 'Start the game.',
      allow: ['Read', 'Write', 'Bash'],
      agents: [
        {
          name: 'coordinator',
          description: 'Runs the game',
          systemPrompt: 'You run a game. Ask each player for a number, then say who wins.',
          tools: [],
        },
        ...['player1', 'player2'].map((name) => ({
          name,
          description: 'Plays',
          systemPrompt: `You are ${name}. Asked for your move, write a number to moves/${name}.txt and tell the coordinator.`,
          tools: [],
        })),
      ],
      budget: '5',
      lifetime: '60',
      tags: ['simulation'],
    },
  },
  {
    id: 'review',
    name: 'Writer and reviewer',
    icon: UsersRound,
    draft: {
      pattern: 'single-container',
      description: 'A text, written and reviewed',
      prompt: 'Have a short introduction to this project written to INTRO.md, and reviewed twice.',
      allow: ['Read', 'Write', 'Edit', 'Glob', 'Grep'],
      agents: [
        {
          name: 'coordinator',
          description: 'Plans, and says when it is done',
          systemPrompt: 'You plan. The writer writes, the reviewer reviews; you say when it is good enough.',
          tools: [],
        },
        {
          name: 'writer',
          description: 'Writes',
          systemPrompt: 'You write plainly and short.',
          tools: ['Read', 'Write', 'Edit'],
        },
        {
          name: 'reviewer',
          description: 'Reviews',
          systemPrompt: 'You review: what is wrong, unclear or missing.',
          tools: ['Read'],
        },
      ],
      budget: '5',
      lifetime: '120',
    },
  },
];

/** The form as a preset, or a pattern by its name, has it begin. */
export function presetDraft(id: string | undefined): Draft {
  const preset = PRESETS.find((one) => one.id === id);
  if (preset !== undefined) return { ...EMPTY, ...preset.draft };
  const pattern = PATTERNS.find((one) => one.pattern === id)?.pattern;
  if (pattern === undefined) return EMPTY;
  const agents = pattern === 'single-container' ? PRESETS.find((one) => one.id === 'review')!.draft.agents! : [];
  return { ...EMPTY, pattern, agents };
}
