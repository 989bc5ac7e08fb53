import { Bot, FileText } from 'lucide-react';
import { useState } from 'react';
import type { Prompt } from '../../../api/types.ts';
import { safeImage } from '../../../code/safe-url.ts';
import type { PromptRow } from '../../../transcript/rows.ts';
import { cn } from '../../../ui/cn.ts';
import { Ago } from '../../../ui/values.tsx';
import { useSessionFacts } from '../context.ts';

const LONG = 1_200;
const LONG_LINES = 14;

type Blocks = Exclude<Prompt, string>;
type Source = { type?: string; media_type?: string; data?: string; url?: string };

/** What one agent writes to another begins with who wrote it, which stands above it here. */
const withoutSender = (prompt: Prompt): Prompt =>
  typeof prompt === 'string' ? prompt.replace(/^\[message from [^\]]+\] /, '') : prompt;

export function PromptCard({ row }: { row: PromptRow }) {
  const { crew } = useSessionFacts();
  return (
    <div className="rounded-xl bg-hover/70 px-4 py-3 dark:bg-raised">
      <div className="mb-1 flex items-center gap-2 text-ink-3 text-xs">
        {row.from === null ? <span>{crew ? `To ${row.agent}` : 'You'}</span> : <From row={row} />}
        <Ago at={row.at} className="ml-auto" />
      </div>
      <PromptBody prompt={row.from === null ? row.prompt : withoutSender(row.prompt)} />
    </div>
  );
}

const From = ({ row }: { row: PromptRow }) => (
  <span className="inline-flex items-center gap-1.5">
    <Bot className="size-3.5" aria-hidden /> {row.from} to {row.agent}
  </span>
);

export function PromptBody({ prompt }: { prompt: Prompt }) {
  const blocks: Blocks = typeof prompt === 'string' ? [{ type: 'text', text: prompt }] : prompt;
  return (
    <div className="space-y-2">
      {blocks.map((block, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: blocks are their places
        <Block key={n} block={block} />
      ))}
    </div>
  );
}

function Block({ block }: { block: Blocks[number] }) {
  if (block.type === 'text') return <LongText text={String(block.text)} />;
  const source = block.source as Source;
  const picture = source.type === 'base64' ? safeImage(`data:${source.media_type};base64,${source.data}`) : '';
  if (block.type === 'image' && picture !== '')
    return <img src={picture} alt="Attached" className="max-h-72 max-w-full rounded-lg border" />;
  return (
    <div className="inline-flex items-center gap-2 rounded-md border bg-surface px-2.5 py-1.5 text-sm">
      <FileText className="size-4 text-ink-3" aria-hidden />
      {typeof block.title === 'string' ? block.title : block.type === 'image' ? 'Image' : 'Document'}
      <span className="text-ink-3 text-xs">{source.media_type ?? source.url}</span>
    </div>
  );
}

/** A text as it was typed; of a long one the beginning. */
function LongText({ text }: { text: string }) {
  const [all, setAll] = useState(false);
  const lines = text.split('\n');
  const long = text.length > LONG || lines.length > LONG_LINES;
  return (
    <>
      <div className={cn('whitespace-pre-wrap break-words', long && !all && 'mask-fade max-h-60 overflow-hidden')}>
        {text}
      </div>
      {long && (
        <button
          type="button"
          aria-expanded={all}
          onClick={() => setAll(!all)}
          className="text-ink-3 text-xs underline-offset-2 hover:text-ink hover:underline"
        >
          {all ? 'Show less' : 'Show all of it'}
        </button>
      )}
    </>
  );
}
