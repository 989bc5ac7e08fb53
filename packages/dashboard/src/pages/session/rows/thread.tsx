import { ChevronRight } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Markdown } from '../../../code/markdown.tsx';
import { plural } from '../../../format/numbers.ts';
import type { Row, ToolCall } from '../../../transcript/rows.ts';
import { wordsOf } from '../tools/outcome.ts';

const SHOWN = 60;
/** What a launcher in the background answers is for the agent, not for people. */
const INTERNAL = /^Async agent launched/;

/** What a subagent was told, what it did, and what it gave back. */
export function Thread({ tool, draw }: { tool: ToolCall; draw: (row: Row) => ReactNode }) {
  const [all, setAll] = useState(false);
  const [told, setTold] = useState(false);
  const prompt = typeof tool.input.prompt === 'string' ? tool.input.prompt : '';
  const rows = all ? tool.thread : tool.thread.slice(-SHOWN);
  const answer = wordsOf(tool.content);
  return (
    <div className="-ml-4 border-line-strong border-l pl-4">
      {prompt !== '' && (
        <>
          <button
            type="button"
            aria-expanded={told}
            onClick={() => setTold(!told)}
            className="mb-1 flex items-center gap-1 text-ink-3 text-xs hover:text-ink"
          >
            <ChevronRight aria-hidden className={told ? 'size-3.5 rotate-90' : 'size-3.5'} /> What it was told
          </button>
          {told && (
            <div className="mb-2 whitespace-pre-wrap break-words rounded-lg bg-inset px-3 py-2 text-sm">{prompt}</div>
          )}
        </>
      )}
      {rows.length < tool.thread.length && (
        <button
          type="button"
          onClick={() => setAll(true)}
          className="mb-1 text-ink-3 text-xs hover:text-ink hover:underline"
        >
          Show the {plural(tool.thread.length - rows.length, 'step')} before
        </button>
      )}
      <div className="space-y-1">{rows.map(draw)}</div>
      {tool.thread.length === 0 && tool.state === 'running' && <p className="text-ink-3 text-xs">It begins…</p>}
      {answer !== '' && !INTERNAL.test(answer) && tool.thread.at(-1)?.kind !== 'text' && (
        <Markdown text={answer} className="mt-2 text-sm" />
      )}
    </div>
  );
}
