/** The true form of each tool's call: a terminal, a diff, code with its lines, what was found. */
import { CircleCheck, CircleDashed, CircleDot } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Json } from '../../../api/types.ts';
import { Code } from '../../../code/code.tsx';
import { DiffView } from '../../../code/diff-view.tsx';
import { languageOfPath } from '../../../code/languages.ts';
import { Markdown } from '../../../code/markdown.tsx';
import { TerminalText } from '../../../code/terminal.tsx';
import { plural } from '../../../format/numbers.ts';
import type { ToolCall } from '../../../transcript/rows.ts';
import { cn } from '../../../ui/cn.ts';
import { CopyButton } from '../../../ui/copy.tsx';
import { shortPath, useSessionFacts } from '../context.ts';
import { changeOf, foundOf, picturesOf, readOf, runOf, wordsOf } from './outcome.ts';

const box = 'overflow-hidden rounded-lg border bg-inset';
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** What the tool said where it went wrong. */
function Trouble({ tool }: { tool: ToolCall }) {
  const words = wordsOf(tool.content);
  if ((tool.state !== 'failed' && tool.state !== 'denied') || words === '') return null;
  return (
    <div className={cn(box, 'mt-1.5 border-transparent', tool.state === 'failed' ? 'bg-bad-soft' : 'bg-warn-soft')}>
      <TerminalText text={words} className={tool.state === 'failed' ? 'text-bad' : 'text-warn'} />
    </div>
  );
}

export function BashBody({ tool }: { tool: ToolCall }) {
  const command = text(tool.input.command);
  const run = runOf(tool);
  const denied = tool.state === 'denied';
  return (
    <div className={cn(box, 'group/box relative')}>
      <div className="flex gap-2 border-b px-3 py-2 font-mono text-xs leading-5">
        <span aria-hidden className="select-none text-ink-3">
          $
        </span>
        <pre className="min-w-0 flex-1 whitespace-pre-wrap break-words">{command}</pre>
        <CopyButton
          text={command}
          label="Copy the command"
          className="-my-1 opacity-0 focus-visible:opacity-100 group-hover/box:opacity-100"
        />
      </div>
      {run.output !== '' && !denied && <TerminalText text={run.output} className="max-h-112" />}
      {run.errors !== '' && <TerminalText text={run.errors} className="max-h-80 text-bad" />}
      {denied && <TerminalText text={run.output} className="text-warn" />}
      {run.output === '' && run.errors === '' && tool.state !== 'running' && (
        <p className="px-3 py-2 text-ink-3 text-xs">No output</p>
      )}
      {tool.state !== 'running' && !denied && (
        <p className="border-t px-3 py-1.5 text-2xs text-ink-3">
          {run.exitCode !== null && (
            <span className={run.exitCode === 0 ? '' : 'font-medium text-bad'}>exit code {run.exitCode}</span>
          )}
          {run.interrupted && <span className="text-warn">interrupted</span>}
          {tool.state === 'unknown' && <span className="text-warn">its outcome is unknown</span>}
          {text(tool.input.description) !== '' && <span className="ml-3">{text(tool.input.description)}</span>}
        </p>
      )}
    </div>
  );
}

export function ChangeBody({ tool }: { tool: ToolCall }) {
  const path = text(tool.input.file_path ?? tool.input.notebook_path);
  const lines = changeOf(tool);
  return (
    <>
      {lines.length === 0 ? (
        <p className="text-ink-3 text-xs">Nothing changed.</p>
      ) : (
        <div className={cn(box, 'max-h-128 overflow-auto')}>
          <DiffView lines={lines} language={languageOfPath(path)} />
        </div>
      )}
      <Trouble tool={tool} />
    </>
  );
}

export function ReadBody({ tool }: { tool: ToolCall }) {
  const pictures = [...picturesOf(tool.content), ...pictureOfFile(tool.structured)];
  if (tool.state === 'failed' || tool.state === 'denied') return <Trouble tool={tool} />;
  if (pictures.length > 0) return <Pictures sources={pictures} />;
  const { text: code, firstLine } = readOf(tool);
  return (
    <div className={box}>
      <Code
        code={code}
        language={languageOfPath(text(tool.input.file_path))}
        firstLine={firstLine}
        className="max-h-112"
      />
    </div>
  );
}

function pictureOfFile(structured: Json | null): string[] {
  const file = structured?.file as { base64?: string; type?: string } | undefined;
  if (
    structured?.type !== 'image' ||
    file?.base64 === undefined ||
    !/^image\/(png|jpeg|gif|webp)$/.test(file.type ?? '')
  )
    return [];
  return [`data:${file.type};base64,${file.base64}`];
}

export const Pictures = ({ sources }: { sources: string[] }) => (
  <div className="flex flex-wrap gap-2">
    {sources.map((source, n) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: pictures are their places
      <img key={n} src={source} alt={`Result ${n + 1}`} className="max-h-96 max-w-full rounded-lg border" />
    ))}
  </div>
);

const SHOWN = 200;
export function SearchBody({ tool }: { tool: ToolCall }) {
  const { workingDirectory } = useSessionFacts();
  if (tool.state === 'failed' || tool.state === 'denied') return <Trouble tool={tool} />;
  const found = foundOf(tool);
  if (found.length === 0) return <p className="text-ink-3 text-xs">Nothing found.</p>;
  return (
    <div className={cn(box, 'max-h-112 overflow-auto py-1.5 font-mono text-xs leading-5')}>
      {found.slice(0, SHOWN).map(({ path, lines }) => (
        <div key={path}>
          <div className={cn('truncate px-3', lines.length > 0 && 'text-ink-2')}>
            {shortPath(path, workingDirectory)}
          </div>
          {lines.map((line, n) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines are their places
            <div key={n} className="flex gap-3 px-3">
              <span className="w-10 shrink-0 text-right text-ink-3">{line.number}</span>
              <span className="min-w-0 truncate">{line.text}</span>
            </div>
          ))}
        </div>
      ))}
      {found.length > SHOWN && <p className="px-3 text-ink-3">and {plural(found.length - SHOWN, 'more file')}</p>}
    </div>
  );
}

const TODO_ICONS = { completed: CircleCheck, in_progress: CircleDot, pending: CircleDashed };
export function TodoBody({ tool }: { tool: ToolCall }) {
  const todos = (tool.input.todos as { content: string; status: keyof typeof TODO_ICONS }[] | undefined) ?? [];
  return (
    <>
      <ul className="space-y-1">
        {todos.map(({ content, status }, n) => {
          const Icon = TODO_ICONS[status] ?? CircleDashed;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a list is given whole each time
            <li key={n} className="flex gap-2 text-sm">
              <Icon
                aria-hidden
                className={cn(
                  'mt-0.5 size-4 shrink-0',
                  status === 'completed' ? 'text-good' : status === 'in_progress' ? 'text-accent' : 'text-ink-3',
                )}
              />
              <span className={cn(status === 'completed' && 'text-ink-3 line-through')}>{content}</span>
              <span className="sr-only">({status?.replace('_', ' ')})</span>
            </li>
          );
        })}
      </ul>
      <Trouble tool={tool} />
    </>
  );
}

/** A value as JSON, in colours. */
export const JsonView = ({ value, className }: { value: unknown; className?: string }) => (
  <Code code={JSON.stringify(value, null, 2)} language="json" className={className ?? 'max-h-96'} />
);

function parsed(words: string): unknown {
  if (!/^\s*[[{]/.test(words)) return undefined;
  try {
    return JSON.parse(words) as unknown;
  } catch {
    return undefined;
  }
}

/** Any other tool: what it was given and what it said. */
export function PlainBody({ tool, children }: { tool: ToolCall; children?: ReactNode }) {
  const words = wordsOf(tool.content);
  const value = parsed(words);
  const pictures = picturesOf(tool.content);
  return (
    <div className="space-y-1.5">
      {Object.keys(tool.input).length > 0 && (
        <div className={box}>
          <JsonView value={tool.input} />
        </div>
      )}
      {children}
      {pictures.length > 0 && <Pictures sources={pictures} />}
      {tool.state === 'failed' || tool.state === 'denied' ? (
        <Trouble tool={tool} />
      ) : value !== undefined ? (
        <div className={box}>
          <JsonView value={value} />
        </div>
      ) : (
        words !== '' && (
          <div className={box}>
            <TerminalText text={words} className="max-h-96" />
          </div>
        )
      )}
    </div>
  );
}

export const WebBody = ({ tool }: { tool: ToolCall }) => (
  <>
    {text(tool.input.prompt) !== '' && <p className="mb-1.5 text-ink-2 text-sm">{text(tool.input.prompt)}</p>}
    {tool.state === 'failed' || tool.state === 'denied' ? (
      <Trouble tool={tool} />
    ) : (
      <Markdown text={wordsOf(tool.content)} className="text-sm" />
    )}
  </>
);
