/** What a tool's answer holds, in the shapes that it is shown in. Pure. */
import { type DiffLine, type Hunk, hunksBetween, linesOfHunks } from '../../../code/diff.ts';
import type { ResultBlock, ToolCall } from '../../../transcript/rows.ts';

const asText = (value: unknown): string => (typeof value === 'string' ? value : '');

/** All that the tool said, without the marks that its program puts around errors. */
export const wordsOf = (content: readonly ResultBlock[]): string =>
  content
    .flatMap(({ type, text }) => (type === 'text' && text !== undefined ? [text] : []))
    .join('\n')
    .replace(/^<tool_use_error>(?:Error: )?([\s\S]*)<\/tool_use_error>$/, '$1');

const PICTURES = /^image\/(png|jpeg|gif|webp)$/;
/** Pictures among the blocks, as addresses that hold them. */
export const picturesOf = (content: readonly ResultBlock[]): string[] =>
  content.flatMap(({ type, source }) =>
    type === 'image' && source?.data !== undefined && PICTURES.test(source.media_type ?? '')
      ? [`data:${source.media_type};base64,${source.data}`]
      : [],
  );

export interface Run {
  output: string;
  errors: string;
  /** Null where it is not known: it still runs, or was cut short. */
  exitCode: number | null;
  interrupted: boolean;
}

/** A shell command's outcome. A failed one is told in words only: `Exit code 3`, then its output. */
export function runOf({ state, content, structured }: Pick<ToolCall, 'state' | 'content' | 'structured'>): Run {
  if (structured !== null && typeof structured.stdout === 'string')
    return {
      output: structured.stdout,
      errors: asText(structured.stderr),
      exitCode: structured.interrupted === true || state !== 'done' ? null : 0,
      interrupted: structured.interrupted === true,
    };
  const words = wordsOf(content);
  const [, code, rest] = /^(?:Error: )?Exit code (\d+)\n?([\s\S]*)$/.exec(words) ?? [];
  if (code !== undefined) return { output: rest ?? '', errors: '', exitCode: Number(code), interrupted: false };
  return { output: words, errors: '', exitCode: state === 'done' ? 0 : null, interrupted: false };
}

/** The lines of what an Edit, a MultiEdit or a Write changed, or would have. */
export function changeOf({ name, input, structured }: Pick<ToolCall, 'name' | 'input' | 'structured'>): DiffLine[] {
  const patch = structured?.structuredPatch as Hunk[] | undefined;
  if (patch !== undefined && patch.length > 0) return linesOfHunks(patch);
  if (name === 'Write') return linesOfHunks(hunksBetween(asText(structured?.originalFile), asText(input.content)));
  const edits = (input.edits as { old_string?: string; new_string?: string }[] | undefined) ?? [
    { old_string: asText(input.old_string), new_string: asText(input.new_string ?? input.new_source) },
  ];
  return edits.flatMap(({ old_string = '', new_string = '' }, n) => [
    ...(n > 0 ? [{ kind: 'gap' as const, text: '', before: null, after: null }] : []),
    // Where in the file it is, only the tool's answer says.
    ...linesOfHunks(hunksBetween(ended(old_string), ended(new_string))).map((line) => ({
      ...line,
      before: null,
      after: null,
    })),
  ]);
}
const ended = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`);

/** What was read of a file: its text and the number of its first line. */
export function readOf({ content, structured }: Pick<ToolCall, 'content' | 'structured'>): {
  text: string;
  firstLine: number;
} {
  const file = structured?.file as { content?: string; startLine?: number } | undefined;
  if (typeof file?.content === 'string') return { text: file.content, firstLine: file.startLine ?? 1 };
  const lines = wordsOf(content).split('\n');
  const numbered = lines.map((line) => /^\s*(\d+)(?:\t|→)(.*)$/.exec(line));
  if (numbered[0] === null || numbered[0] === undefined) return { text: lines.join('\n'), firstLine: 1 };
  return {
    text: numbered.map((match, n) => match?.[2] ?? lines[n] ?? '').join('\n'),
    firstLine: Number(numbered[0][1]),
  };
}

export interface Found {
  path: string;
  /** Lines that match, with their numbers; empty where only the file was asked for. */
  lines: { number: number | null; text: string }[];
}

/** What a search found, by file. */
export function foundOf({ content, structured }: Pick<ToolCall, 'content' | 'structured'>): Found[] {
  const names = structured?.filenames as string[] | undefined;
  const words = asText(structured?.content) || wordsOf(content);
  if (names !== undefined && names.length > 0) return names.map((path) => ({ path, lines: [] }));
  const files = new Map<string, Found>();
  for (const line of words.split('\n')) {
    const match = /^(.+?)[:-](\d+)[:-](.*)$/.exec(line);
    if (match === null) {
      if (line.trim() !== '' && line !== '--' && !/^(No (files|matches) found|Found \d+)/.test(line))
        files.set(line, { path: line, lines: [] });
      continue;
    }
    const found = files.get(match[1]!) ?? { path: match[1]!, lines: [] };
    found.lines.push({ number: Number(match[2]), text: match[3]! });
    files.set(found.path, found);
  }
  return [...files.values()];
}
