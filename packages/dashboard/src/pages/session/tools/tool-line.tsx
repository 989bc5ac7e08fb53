import Anser from 'anser';
import { Ban, ChevronRight, CircleHelp, CircleX, Hand, LoaderCircle } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import { useNow } from '../../../app/now.ts';
import { countChanges } from '../../../code/diff.ts';
import { duration } from '../../../format/time.ts';
import type { ToolCall } from '../../../transcript/rows.ts';
import { cn } from '../../../ui/cn.ts';
import { useSessionFacts } from '../context.ts';
import { useOpened } from '../opened.ts';
import { BashBody, ChangeBody, PlainBody, ReadBody, SearchBody, TodoBody, WebBody } from './bodies.tsx';
import { describe } from './describe.ts';
import { changeOf, runOf, wordsOf } from './outcome.ts';

const CHANGES = new Set(['Edit', 'MultiEdit', 'Write', 'NotebookEdit']);

function Body({ tool, thread }: { tool: ToolCall; thread: (tool: ToolCall) => ReactNode }) {
  if (CHANGES.has(tool.name)) return <ChangeBody tool={tool} />;
  switch (tool.name) {
    case 'Bash':
      return <BashBody tool={tool} />;
    case 'Read':
      return <ReadBody tool={tool} />;
    case 'Glob':
    case 'Grep':
    case 'LS':
      return <SearchBody tool={tool} />;
    case 'TodoWrite':
      return <TodoBody tool={tool} />;
    case 'WebFetch':
    case 'WebSearch':
      return <WebBody tool={tool} />;
    case 'Task':
    case 'Agent':
      return <>{thread(tool)}</>;
    default:
      return <PlainBody tool={tool} />;
  }
}

const STATES = {
  running: { icon: LoaderCircle, word: 'running', ink: 'text-accent motion-safe:animate-spin-slow' },
  asking: { icon: Hand, word: 'waits for you', ink: 'text-warn' },
  failed: { icon: CircleX, word: 'failed', ink: 'text-bad' },
  denied: { icon: Ban, word: 'not allowed', ink: 'text-warn' },
  unknown: { icon: CircleHelp, word: 'outcome unknown', ink: 'text-warn' },
};

/** A call as one quiet line, which opens to its true form. Only what went wrong says more than its line. */
export const ToolLine = memo(function ToolLine({
  tool,
  thread,
}: {
  tool: ToolCall;
  /** Draws what a subagent did, inside of its call. */
  thread: (tool: ToolCall) => ReactNode;
}) {
  const { workingDirectory } = useSessionFacts();
  const [open, toggle] = useOpened(tool.id);
  const { icon: Icon, name, argument, mono } = describe(tool, workingDirectory);
  const state = tool.state === 'done' ? null : STATES[tool.state];
  const bad = tool.state === 'failed';
  const trouble = !open && (bad || tool.state === 'denied') ? troubleLine(tool) : '';
  return (
    <div>
      <button
        type="button"
        aria-expanded={open}
        onClick={toggle}
        data-tool={tool.name}
        data-state={tool.state}
        className={cn(
          'group -mx-2 flex w-[calc(100%+1rem)] min-w-0 items-center gap-2 rounded-md px-2 py-1 text-left text-sm transition-colors duration-100 hover:bg-hover',
        )}
      >
        <Icon aria-hidden className={cn('size-4 shrink-0', bad ? 'text-bad' : 'text-ink-3')} />
        <span className={cn('shrink-0 font-medium', bad && 'text-bad')}>{name}</span>
        <span className={cn('min-w-0 truncate text-ink-2', mono && 'font-mono text-xs')}>{argument}</span>
        {CHANGES.has(tool.name) && tool.state !== 'failed' && <Counts tool={tool} />}
        <span className="ml-auto flex shrink-0 items-center gap-1.5 pl-2 text-2xs text-ink-3">
          {tool.progress !== null && <span className="max-w-40 truncate max-sm:hidden">{tool.progress}</span>}
          {tool.state === 'running' ? <Running since={tool.startedAt} /> : <Took tool={tool} />}
          {state !== null && (
            <>
              <state.icon aria-hidden className={cn('size-3.5', state.ink)} />
              <span className={cn(tool.state === 'running' ? 'sr-only' : bad ? 'text-bad' : 'text-warn')}>
                {state.word}
              </span>
            </>
          )}
          <ChevronRight
            aria-hidden
            className={cn(
              'size-3.5 transition-transform duration-100',
              open ? 'rotate-90' : 'opacity-40 group-hover:opacity-100',
            )}
          />
        </span>
      </button>
      {trouble !== '' && (
        <p className={cn('truncate pb-0.5 pl-6 font-mono text-xs', bad ? 'text-bad' : 'text-warn')}>{trouble}</p>
      )}
      {open && (
        <div className="mt-1 mb-2 ml-6">
          <Body tool={tool} thread={thread} />
        </div>
      )}
    </div>
  );
});

const LONG_MS = 1_000;
/** Only what took long says how long it took; the rest tells it on hover. */
function Took({ tool }: { tool: ToolCall }) {
  if (tool.endedAt === null) return null;
  const ms = Date.parse(tool.endedAt) - Date.parse(tool.startedAt);
  return <span className={cn('tnum', ms < LONG_MS && 'opacity-0 group-hover:opacity-100')}>{duration(ms)}</span>;
}

function Running({ since }: { since: string }) {
  const ms = useNow(1_000) - Date.parse(since);
  return ms < LONG_MS ? null : <span className="tnum">{duration(Math.floor(ms / 1_000) * 1_000)}</span>;
}

function Counts({ tool }: { tool: ToolCall }) {
  const { added, removed } = countChanges(changeOf(tool));
  return (
    <span className="tnum shrink-0 text-xs">
      {added > 0 && <span className="text-good">+{added}</span>}
      {removed > 0 && <span className="ml-1 text-bad">−{removed}</span>}
    </span>
  );
}

/** The line that says most of what went wrong: the last one of a program's output, the first one of a message. */
function troubleLine(tool: ToolCall): string {
  const lines = Anser.ansiToText(tool.name === 'Bash' ? runOf(tool).output : wordsOf(tool.content))
    .split('\n')
    .filter((line) => line.trim() !== '');
  const exit = tool.name === 'Bash' ? runOf(tool).exitCode : null;
  const line = (tool.name === 'Bash' ? lines.at(-1) : lines[0]) ?? '';
  return `${exit === null ? '' : `exit code ${exit}${line === '' ? '' : ': '}`}${line}`;
}
