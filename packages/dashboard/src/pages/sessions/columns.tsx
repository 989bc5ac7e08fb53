import { columnVisibilityFeature, createColumnHelper, tableFeatures } from '@tanstack/react-table';
import type { Session } from '../../api/types.ts';
import { exactMoney, money } from '../../format/money.ts';
import { PATTERN_WORDS, reasonWords, sessionStatus, sessionTitle } from '../../format/status.ts';
import { exactTime } from '../../format/time.ts';
import { cn } from '../../ui/cn.ts';
import { Status } from '../../ui/status.tsx';
import { Ago, Money, Tokens } from '../../ui/values.tsx';

export const features = tableFeatures({ columnVisibilityFeature });
const helper = createColumnHelper<typeof features, Session>();

/** How wide each column is, at least, in pixels; `grows` takes what is left. */
export const LAYOUT: Record<string, { px: number; grows?: number; right?: boolean }> = {
  title: { px: 200, grows: 3 },
  status: { px: 108 },
  pattern: { px: 116 },
  user: { px: 112, grows: 1 },
  tags: { px: 120, grows: 1 },
  model: { px: 144 },
  turns: { px: 48, right: true },
  tokens: { px: 64, right: true },
  cost: { px: 108, right: true },
  activity: { px: 80, right: true },
  created: { px: 80, right: true },
};
/** Which come first where there is no room for all. */
const FIRST = ['title', 'status', 'cost', 'activity', 'pattern', 'tags', 'user', 'tokens', 'created', 'turns', 'model'];
const GAP_PX = 16;
/** The box before a row, and the room at both sides. */
const AROUND_PX = 36 + 48;

/** Those that fit into a list of this width. */
export function columnsFor(width: number, hidden: ReadonlySet<string>): Set<string> {
  let left = width - AROUND_PX;
  const shown = new Set<string>();
  for (const id of FIRST) {
    if (hidden.has(id)) continue;
    left -= LAYOUT[id]!.px + GAP_PX;
    if (left < 0) break;
    shown.add(id);
  }
  return shown.add('title');
}

/** As the columns of a grid. */
export const widthOf = (id: string): string => {
  const { px, grows } = LAYOUT[id]!;
  return grows === undefined ? `${px}px` : `minmax(${px}px, ${grows}fr)`;
};

const quiet = 'min-w-0 truncate text-ink-2';

export const columns = helper.columns([
  helper.display({
    id: 'title',
    header: 'Session',
    cell: ({ row: { original } }) => <span className="min-w-0 truncate font-medium">{sessionTitle(original)}</span>,
  }),
  helper.display({
    id: 'status',
    header: 'Status',
    cell: ({ row: { original } }) => {
      const why = reasonWords(original.statusReason);
      return <Status shown={sessionStatus(original)} {...(why === null ? {} : { title: why })} />;
    },
  }),
  helper.display({
    id: 'pattern',
    header: 'Pattern',
    cell: ({ row: { original } }) => <span className={quiet}>{PATTERN_WORDS[original.pattern]}</span>,
  }),
  helper.display({
    id: 'user',
    header: 'User',
    cell: ({ row: { original } }) => (
      <span className={quiet} title={original.userId ?? undefined}>
        {original.userId}
      </span>
    ),
  }),
  helper.display({
    id: 'tags',
    header: 'Tags',
    cell: ({ row: { original } }) => <Tags tags={original.tags} />,
  }),
  helper.display({
    id: 'model',
    header: 'Model',
    cell: ({ row: { original } }) => <span className={cn(quiet, 'text-xs')}>{original.config.model}</span>,
  }),
  helper.display({
    id: 'turns',
    header: 'Turns',
    cell: ({ row: { original } }) => <span className="tnum text-ink-2">{original.numTurns}</span>,
  }),
  helper.display({
    id: 'tokens',
    header: 'Tokens',
    cell: ({ row: { original } }) => <Tokens n={original.totalTokens} className="text-ink-2" />,
  }),
  helper.display({
    id: 'cost',
    header: 'Cost',
    cell: ({ row: { original } }) => <Cost session={original} />,
  }),
  helper.display({
    id: 'activity',
    header: 'Active',
    cell: ({ row: { original } }) => <Ago at={original.lastActivityAt} className="text-ink-3 text-xs" />,
  }),
  helper.display({
    id: 'created',
    header: 'Created',
    cell: ({ row: { original } }) => (
      <span title={exactTime(original.createdAt)}>
        <Ago at={original.createdAt} className="text-ink-3 text-xs" />
      </span>
    ),
  }),
]);
export const COLUMN_NAMES: [id: string, name: string][] = [
  ['pattern', 'Pattern'],
  ['user', 'User'],
  ['tags', 'Tags'],
  ['model', 'Model'],
  ['turns', 'Turns'],
  ['tokens', 'Tokens'],
  ['cost', 'Cost'],
  ['activity', 'Last activity'],
  ['created', 'Created'],
];

const SHOWN_TAGS = 2;
export const Tags = ({ tags, className }: { tags: string[]; className?: string }) => (
  <span className={cn('flex min-w-0 items-center gap-1 overflow-hidden', className)} title={tags.join(', ')}>
    {tags.slice(0, SHOWN_TAGS).map((tag) => (
      <span key={tag} className="min-w-0 truncate rounded bg-inset px-1.5 py-px text-ink-2 text-xs dark:bg-hover">
        {tag}
      </span>
    ))}
    {tags.length > SHOWN_TAGS && <span className="text-ink-3 text-xs">+{tags.length - SHOWN_TAGS}</span>}
  </span>
);

/** What it cost, and of what. It warns from 80 % of its budget. */
export function Cost({ session: { totalCost, maxBudgetUsd } }: { session: Session }) {
  const share = maxBudgetUsd === null ? 0 : totalCost / Math.max(maxBudgetUsd, Number.EPSILON);
  const title =
    maxBudgetUsd === null ? exactMoney(totalCost) : `${exactMoney(totalCost)} of ${exactMoney(maxBudgetUsd)}`;
  return (
    <span className="tnum whitespace-nowrap" title={title}>
      <span className={cn(share >= 1 ? 'text-bad' : share >= 0.8 ? 'text-warn' : 'text-ink-2')}>
        <Money usd={totalCost} />
      </span>
      {maxBudgetUsd !== null && <span className="text-ink-3 text-xs"> / {money(maxBudgetUsd)}</span>}
    </span>
  );
}
