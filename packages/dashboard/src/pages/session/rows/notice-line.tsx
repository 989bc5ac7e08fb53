import {
  Bot,
  Camera,
  CircleGauge,
  Cpu,
  FileInput,
  GlobeLock,
  Info,
  type LucideIcon,
  MessageSquare,
  Scissors,
  Server,
} from 'lucide-react';
import { plural } from '../../../format/numbers.ts';
import type { NoticeRow } from '../../../transcript/rows.ts';
import { cn } from '../../../ui/cn.ts';
import { toneInk } from '../../../ui/status.tsx';
import { Ago } from '../../../ui/values.tsx';

const ICONS: Record<NoticeRow['about'], LucideIcon> = {
  session: Info,
  limit: CircleGauge,
  snapshot: Camera,
  runner: Server,
  files: FileInput,
  agent: Bot,
  message: MessageSquare,
  model: Cpu,
  context: Scissors,
  network: GlobeLock,
};

/** Something that happened around the conversation. */
export function NoticeLine({ row }: { row: NoticeRow }) {
  const Icon = ICONS[row.about];
  return (
    <div className={cn('flex items-start gap-2 py-1 text-sm', row.tone === 'quiet' ? 'text-ink-3' : toneInk(row.tone))}>
      <Icon className="mt-0.5 size-4 shrink-0" aria-hidden />
      <span className="min-w-0 flex-1 break-words">
        {row.text}
        {row.more.length > 0 && (
          <span className="text-ink-3" title={row.more.join('\n')}>
            {' '}
            and {plural(row.more.length, 'more change')}
          </span>
        )}
        {row.detail !== null && row.detail !== '' && <span className="text-ink-3"> · {row.detail}</span>}
      </span>
      <Ago at={row.at} className="mt-0.5 text-2xs text-ink-3" />
    </div>
  );
}
