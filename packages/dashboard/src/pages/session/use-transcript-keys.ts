import { Hand } from 'lucide-react';
import type { Permission } from '../../api/types.ts';
import { type Command, useCommands } from '../../app/commands.ts';
import type { Row } from '../../transcript/rows.ts';
import { toggleOpened } from './opened.ts';
import { answerByKey } from './permissions/answer-keys.ts';
import { useIsOnScreen } from './permissions/on-screen.ts';

const GROUP = 'Transcript';
const WAITS = 'Waits for you';

/**
 * Going through a transcript by key, and answering what waits.
 * @returns whether what waits is in sight
 */
export function useTranscriptKeys({
  rows,
  event,
  waiting,
  point,
  pointToWaiting,
}: {
  rows: Row[];
  /** What is pointed at. */
  event: number | undefined;
  /** The oldest request that nobody has answered. */
  waiting: Permission | undefined;
  point: (event: number | undefined) => void;
  pointToWaiting: () => void;
}): boolean {
  const inSight = useIsOnScreen(waiting?.id);
  const stored = (): Row[] => rows.filter((row) => row.seq !== 0);
  const step = (by: number) => {
    const all = stored();
    const start = by > 0 ? -1 : all.length;
    const at = event === undefined ? start : all.findLastIndex((row) => row.seq <= event);
    const next = all[Math.min(all.length - 1, Math.max(0, at + by))];
    if (next !== undefined) point(next.seq);
  };
  const open = () => {
    const row = stored().findLast(({ seq }) => seq <= (event ?? -1));
    if (row?.kind === 'tool') toggleOpened(row.tool.id);
    else if (row?.kind === 'thinking') toggleOpened(row.key);
  };
  // What is not in sight is not answered unseen: it is shown first.
  const answer = (what: 'allow' | 'deny') => {
    if (waiting === undefined || !inSight || !answerByKey(waiting.id, what)) pointToWaiting();
  };
  const key = (id: string, title: string, keys: string, run: () => void): Command => ({
    id: `row ${id}`,
    title,
    group: GROUP,
    keys,
    quiet: true,
    run,
  });
  const forWaiting = (id: string, title: string, keys: string, run: () => void): Command => ({
    id,
    title,
    group: WAITS,
    keys,
    icon: Hand,
    run,
  });
  useCommands([
    key('next', 'Next row', 'j', () => step(1)),
    key('before', 'Row before', 'k', () => step(-1)),
    key('open', 'Open or close the row', 'o', open),
    key('none', 'Point at nothing', 'escape', () => point(undefined)),
    ...(waiting === undefined
      ? []
      : [
          forWaiting('allow', 'Allow what waits', 'a', () => answer('allow')),
          forWaiting('deny', 'Deny what waits', 'd', () => answer('deny')),
          forWaiting('waiting', 'Show what waits', 'w', pointToWaiting),
        ]),
  ]);
  return inSight;
}
