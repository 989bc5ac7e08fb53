import { useQuery } from '@tanstack/react-query';
import { ChevronRight, File, FileSymlink, FileWarning, Folder as FolderIcon } from 'lucide-react';
import { useState } from 'react';
import { filesQuery } from '../../../../api/queries.ts';
import type { FileEntry } from '../../../../api/types.ts';
import { bytes } from '../../../../format/numbers.ts';
import { cn } from '../../../../ui/cn.ts';
import { Skeleton } from '../../../../ui/states.tsx';

const ICONS = { file: File, directory: FolderIcon, symlink: FileSymlink, other: FileWarning };
const nameOf = (path: string): string => path.split('/').at(-1) ?? path;

/** Folders first, then by name. */
const sorted = (entries: readonly FileEntry[]): FileEntry[] =>
  [...entries].sort(
    (a, b) => Number(b.type === 'directory') - Number(a.type === 'directory') || a.path.localeCompare(b.path, 'en'),
  );

/** What is in a folder; folders inside of it are asked for when they are opened. */
export function Folder({
  id,
  path,
  depth,
  open,
  onOpen,
}: {
  id: string;
  path: string;
  depth: number;
  open?: string;
  onOpen: (path: string) => void;
}) {
  const { data } = useQuery(filesQuery(id, path));
  if (data === undefined) return <Skeleton className="mx-4 my-2 w-1/2" />;
  return (
    <ul>
      {sorted(data.entries).map((entry) => (
        <Entry
          key={entry.path}
          id={id}
          entry={entry}
          depth={depth}
          onOpen={onOpen}
          {...(open === undefined ? {} : { open })}
        />
      ))}
      {data.nextCursor !== null && (
        <li className="px-4 py-1 text-ink-3 text-xs">and more; the API lists all of them</li>
      )}
    </ul>
  );
}

function Entry({
  id,
  entry,
  depth,
  open,
  onOpen,
}: {
  id: string;
  entry: FileEntry;
  depth: number;
  open?: string;
  onOpen: (path: string) => void;
}) {
  const [unfolded, setUnfolded] = useState(open?.startsWith(`${entry.path}/`) ?? false);
  const Icon = ICONS[entry.type];
  const isFolder = entry.type === 'directory';
  const readable = isFolder || entry.type === 'file';
  return (
    <li>
      <button
        type="button"
        disabled={!readable}
        {...(isFolder ? { 'aria-expanded': unfolded } : {})}
        onClick={() => (isFolder ? setUnfolded(!unfolded) : onOpen(entry.path))}
        title={entry.target === null ? entry.path : `${entry.path} → ${entry.target}`}
        style={{ paddingLeft: `${depth * 14 + 10}px` }}
        className={cn(
          'flex h-7 w-full items-center gap-1.5 pr-3 text-left text-sm hover:bg-hover disabled:opacity-60',
          open === entry.path && 'bg-accent-soft',
        )}
      >
        <ChevronRight
          aria-hidden
          className={cn(
            'size-3.5 shrink-0 text-ink-3 transition-transform duration-100',
            !isFolder && 'invisible',
            unfolded && 'rotate-90',
          )}
        />
        <Icon aria-hidden className="size-4 shrink-0 text-ink-3" />
        <span className="min-w-0 flex-1 truncate">{nameOf(entry.path)}</span>
        {entry.type === 'file' && entry.size !== null && (
          <span className="tnum text-2xs text-ink-3">{bytes(entry.size)}</span>
        )}
      </button>
      {isFolder && unfolded && (
        <Folder id={id} path={entry.path} depth={depth + 1} onOpen={onOpen} {...(open === undefined ? {} : { open })} />
      )}
    </li>
  );
}
