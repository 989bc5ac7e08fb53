/** What clients say: prompts that carry the offline model's script, so that tools and waiting are real. */
import type { Random } from './random.ts';

const script = (...steps: object[]): string => `\`\`\`offline\n${JSON.stringify(steps)}\n\`\`\``;
const bash = (command: string): object => ({ tools: [{ name: 'Bash', input: { command, description: 'run' } }] });
const note = (marker: string): object => bash(`echo ${marker} >> notes.txt`);

export interface Said {
  kind: string;
  prompt: string;
  agent?: string;
}

type Sentence = (marker: string, random: Random) => string;

const ALONE: Record<string, Sentence> = {
  plain: () => 'What do you make of it?',
  tool: (marker) => script(note(marker), { text: 'Noted: {{lastToolResult}}' }),
  slow: (marker, random) =>
    script(
      note(marker),
      ...Array.from({ length: random.int(1, 4) }, () =>
        bash(`node -e "setTimeout(() => {}, ${random.int(300, 1_500)})"`),
      ),
      { text: 'It took a while.', delayMs: random.int(200, 2_000) },
    ),
  'model says 429': (marker) =>
    script({ ...note(marker), error: { status: 429, retryAfter: 1, times: 1 } }, { text: 'At last.' }),
  'model says 500': () => script({ text: 'At last.', error: { status: 500, times: 1 } }),
  'model falls silent': () => script({ text: 'One moment.', hangMs: 3_000 }),
  'model breaks off': (marker) =>
    script({ ...note(marker), text: 'Well, let me see.', breakAfterChunks: 2 }, { text: 'Done.' }),
  'model refuses': () => script({ text: 'never', error: { status: 400, message: 'not today' } }),
};

const WEIGHTS: [string, number][] = [
  ['plain', 4],
  ['tool', 5],
  ['slow', 7],
  ['model says 429', 1],
  ['model says 500', 1],
  ['model falls silent', 1],
  ['model breaks off', 1],
  ['model refuses', 1],
];
const ALL = WEIGHTS.flatMap(([kind, weight]) => Array.from({ length: weight }, () => kind));

const sentence = (kind: string, marker: string, random: Random): Said => ({
  kind,
  prompt: `This is ${marker}.\n${ALONE[kind]!(marker, random)}`,
});

export const anything = (marker: string, random: Random): Said => sentence(random.pick(ALL), marker, random);
export const something = (kind: string, marker: string, random: Random): Said => sentence(kind, marker, random);

/** To one of a crew; sometimes such that it passes something on to another. */
export function toCrew(marker: string, random: Random): Said {
  if (random.chance(0.4)) return { ...anything(marker, random), agent: random.pick(CREW) };
  const to = random.pick(CREW.filter((name) => name !== 'coordinator'));
  const pass = { tools: [{ name: 'mcp__rigger__send_message', input: { to, message: `Take note, ${to}.` } }] };
  return { kind: 'crew', prompt: `This is ${marker}.\n${script(note(marker), pass, { text: 'Passed on.' })}` };
}

const CREW = ['coordinator', 'player1', 'player2'];

export const configOf = (pattern: string): object => ({
  model: 'claude-sonnet-4-5',
  allowedTools: ['Bash'],
  ...(pattern === 'single-container'
    ? { customAgents: Object.fromEntries(CREW.map((name) => [name, { systemPrompt: `You are ${name}.` }])) }
    : {}),
});
