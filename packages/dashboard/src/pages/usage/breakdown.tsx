import { Link, useNavigate } from '@tanstack/react-router';
import {
  createColumnHelper,
  createSortedRowModel,
  rowSortingFeature,
  type SortingState,
  sortFn_basic,
  sortFn_text,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { ArrowDown, ArrowUp, ChartColumn, List } from 'lucide-react';
import { type ReactNode, useMemo, useState } from 'react';
import type { Usage } from '../../api/types.ts';
import { exactCount, percent, plural } from '../../format/numbers.ts';
import type { Series } from '../../ui/chart/series.ts';
import { cn } from '../../ui/cn.ts';
import { Panel, Section } from '../../ui/section.tsx';
import { Segments } from '../../ui/segments.tsx';
import { Empty, Skeleton } from '../../ui/states.tsx';
import { Tooltip } from '../../ui/tooltip.tsx';
import { Money, Tokens } from '../../ui/values.tsx';
import { GROUP_NAMES, groupValue, wordOf } from './groups.tsx';
import { tokensOf } from './measures.ts';
import { GROUPS, type Group, type UsageSearch } from './search.ts';
import { SessionName } from './session-name.tsx';

interface Line {
  value: string | null;
  name: string;
  cost: number;
  /** Of the cost of all. */
  share: number;
  calls: number;
  tokens: number;
  output: number;
  row: Usage['rows'][number];
}

const features = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { basic: sortFn_basic, text: sortFn_text },
});
const helper = createColumnHelper<typeof features, Line>();
const columns = helper.columns([
  helper.accessor('name', { header: 'Name', sortFn: 'text' }),
  helper.accessor('cost', { header: 'Cost', sortFn: 'basic' }),
  helper.accessor('share', { header: 'Share', sortFn: 'basic', enableSorting: false }),
  helper.accessor('calls', { header: 'Calls', sortFn: 'basic' }),
  helper.accessor('tokens', { header: 'Tokens', sortFn: 'basic' }),
  helper.accessor('output', { header: 'Out', sortFn: 'basic' }),
]);
const NARROW: Record<string, string> = { share: 'max-sm:hidden', output: 'max-2xl:hidden', tokens: 'max-md:hidden' };
const NO_LINES: Line[] = [];

/** What it is made of: each row leads to the sessions that it counts. */
export function Breakdown({
  by,
  search,
  data,
  colors,
}: {
  by: Group;
  search: UsageSearch;
  data: Usage | undefined;
  /** The chart's, whose colours stand beside the names. */
  colors: Series[];
}) {
  const navigate = useNavigate();
  const [sorting, setSorting] = useState<SortingState>([{ id: 'cost', desc: true }]);
  const lines = useMemo(
    () =>
      data?.rows.map(
        (row): Line => ({
          value: groupValue(row, by),
          name: wordOf(by, groupValue(row, by)),
          cost: row.cost,
          share: data.total.cost === 0 ? 0 : row.cost / data.total.cost,
          calls: row.calls,
          tokens: tokensOf(row),
          output: row.outputTokens,
          row,
        }),
      ) ?? NO_LINES,
    [data, by],
  );
  const table = useTable({
    features,
    columns,
    data: lines,
    state: { sorting },
    onSortingChange: setSorting,
    getRowId: ({ value, name }) => `${by} ${value ?? name}`,
  });
  const colorOf = new Map(by === 'session' ? [] : colors.map(({ name, color }) => [name, color]));
  return (
    <Section
      title="Spent on"
      beside={data?.more ? `the ${data.rows.length} most expensive; the CSV has more` : undefined}
      action={
        <Segments
          label="By"
          value={by}
          options={GROUPS.map((group) => [group, GROUP_NAMES[group]])}
          onChange={(next) => void navigate({ to: '/usage', search: { ...search, by: next } })}
        />
      }
    >
      <Panel>
        {data === undefined ? (
          [0, 1, 2, 3].map((n) => (
            <div key={n} className="border-b px-4 py-3">
              <Skeleton style={{ width: `${60 - n * 9}%` }} />
            </div>
          ))
        ) : lines.length === 0 ? (
          <Empty icon={ChartColumn} title="Nothing was spent" className="py-8">
            No model was called in this time, by what is looked at.
          </Empty>
        ) : (
          <div className="overflow-x-auto">
            <table className="w-full border-collapse text-sm">
              <thead className="text-ink-3 text-xs">
                <tr>
                  {table.getHeaderGroups()[0]!.headers.map((header) => {
                    const sorted = header.column.getIsSorted();
                    const isName = header.id === 'name';
                    return (
                      <th
                        key={header.id}
                        scope="col"
                        aria-sort={sorted === false ? 'none' : sorted === 'desc' ? 'descending' : 'ascending'}
                        className={cn(
                          'px-3 py-1.5 font-normal',
                          isName ? 'pl-4 text-left' : 'text-right',
                          NARROW[header.id],
                        )}
                      >
                        {header.column.getCanSort() ? (
                          <button
                            type="button"
                            onClick={header.column.getToggleSortingHandler()}
                            className="inline-flex h-6 items-center gap-1 hover:text-ink"
                          >
                            {isName ? GROUP_NAMES[by] : <table.FlexRender header={header} />}
                            {sorted === 'desc' && <ArrowDown className="size-3" aria-hidden />}
                            {sorted === 'asc' && <ArrowUp className="size-3" aria-hidden />}
                          </button>
                        ) : (
                          <table.FlexRender header={header} />
                        )}
                      </th>
                    );
                  })}
                  <th scope="col" className="w-10">
                    <span className="sr-only">List</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {table.getRowModel().rows.map(({ id, original }) => (
                  <LineRow key={id} line={original} by={by} search={search} color={colorOf.get(original.name)} />
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Panel>
    </Section>
  );
}

function LineRow({
  line,
  by,
  search,
  color,
}: {
  line: Line;
  by: Group;
  search: UsageSearch;
  color: string | undefined;
}) {
  const number = 'tnum px-3 py-2 text-right text-ink-2';
  return (
    <tr className="border-t hover:bg-hover">
      <th scope="row" className="w-full max-w-0 px-3 py-2 pl-4 text-left font-normal">
        <span className="flex min-w-0 items-center gap-2">
          {color !== undefined && (
            <span className="size-2 shrink-0 rounded-xs" style={{ background: color }} aria-hidden />
          )}
          <Name line={line} by={by} search={search} />
        </span>
      </th>
      <td className={cn(number, 'font-medium text-ink')}>
        <Money usd={line.cost} />
      </td>
      <td className={cn(number, NARROW.share)}>
        <span className="flex items-center justify-end gap-2">
          <span className="h-1 w-16 overflow-hidden rounded-full bg-hover max-2xl:hidden">
            <span className="block h-full rounded-full bg-accent" style={{ width: `${line.share * 100}%` }} />
          </span>
          <span className="w-10 whitespace-nowrap text-xs">{percent(line.share)}</span>
        </span>
      </td>
      <td className={number} title={plural(line.calls, 'model call')}>
        {exactCount(line.calls)}
      </td>
      <td className={cn(number, NARROW.tokens)}>
        <Tokens n={line.tokens} />
      </td>
      <td className={cn(number, NARROW.output)}>
        <Tokens n={line.output} />
      </td>
      <td className="pr-2 text-right">
        <ListLink by={by} line={line} />
      </td>
    </tr>
  );
}

/** To what it is made of: sessions, or the session itself. */
function Name({ line: { value, name, row }, by, search }: { line: Line; by: Group; search: UsageSearch }): ReactNode {
  if (by === 'session') return value === null ? name : <SessionName id={value} row={row} />;
  if (value === null) return <span className="truncate text-ink-3">{name}</span>;
  return (
    <Link
      to="/usage"
      search={{ ...search, [by]: value, by: 'session' }}
      className="min-w-0 truncate hover:underline"
      title={name}
    >
      {name}
    </Link>
  );
}

/** To all sessions like that, in the list. */
function ListLink({ by, line: { value, name } }: { by: Group; line: Line }) {
  if (value === null || by === 'model' || by === 'session') return null;
  const filter = by === 'tag' ? { tags: value } : by === 'user' ? { user: value } : { pattern: value as 'hybrid' };
  return (
    <Tooltip label="All its sessions">
      <Link
        to="/sessions"
        search={filter}
        aria-label={`All sessions: ${name}`}
        className="inline-flex rounded p-1 text-ink-3 hover:bg-hover hover:text-ink"
      >
        <List className="size-4" />
      </Link>
    </Tooltip>
  );
}
