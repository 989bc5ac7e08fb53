import { useState } from 'react';
import { cn } from '../../ui/cn.ts';
import { CopyButton } from '../../ui/copy.tsx';
import { Pre } from '../../ui/pre.tsx';
import { clientOf, curlOf, jsonOf } from './commands.ts';
import { toRequest } from './draft.ts';
import type { Upload } from './dropped.ts';
import { useForm } from './form-context.ts';

const TABS = [
  ['curl', 'curl', curlOf],
  ['client', 'JavaScript', clientOf],
  ['json', 'JSON', jsonOf],
] as const;
/** More files than these are not spelt out. */
const SPELT = 5;

/** What the form does, as a command and as a program. */
export function RequestPanel({ files }: { files: Upload[] }) {
  const { draft } = useForm();
  const [tab, setTab] = useState<(typeof TABS)[number][0]>('curl');
  const make = TABS.find(([id]) => id === tab)![2];
  const text = make({
    origin: location.origin,
    request: toRequest(draft),
    prompt: draft.prompt.trim(),
    files: files.slice(0, SPELT).map(({ path }) => path),
  });
  return (
    <div className="overflow-hidden rounded-lg border bg-inset">
      <div className="flex h-10 items-center gap-1 border-b bg-surface px-2">
        <div role="tablist" aria-label="The same without this page" className="flex gap-1">
          {TABS.map(([id, name]) => (
            <button
              key={id}
              type="button"
              role="tab"
              aria-selected={tab === id}
              onClick={() => setTab(id)}
              className={cn(
                'h-7 rounded-md px-2 text-xs',
                tab === id ? 'bg-hover font-medium' : 'text-ink-2 hover:text-ink',
              )}
            >
              {name}
            </button>
          ))}
        </div>
        <CopyButton text={text} className="ml-auto" />
      </div>
      <Pre className="max-h-[calc(100dvh-13rem)] whitespace-pre-wrap break-words p-3 text-2xs leading-5">{text}</Pre>
    </div>
  );
}
