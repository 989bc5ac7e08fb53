import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Camera, CornerDownRight, Ellipsis, GitFork, History, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { rigger } from '../../../api/client.ts';
import { keys } from '../../../api/keys.ts';
import { sessionListQuery, snapshotsQuery } from '../../../api/queries.ts';
import type { Session, Snapshot } from '../../../api/types.ts';
import { bytes, plural } from '../../../format/numbers.ts';
import { isLive, sessionStatus, sessionTitle, shortId } from '../../../format/status.ts';
import { Button } from '../../../ui/button.tsx';
import { Confirm } from '../../../ui/confirm.tsx';
import { Menu, MenuItem, MenuSeparator } from '../../../ui/menu.tsx';
import { Empty, Failed, Skeleton } from '../../../ui/states.tsx';
import { StatusIcon } from '../../../ui/status.tsx';
import { toast, toastError } from '../../../ui/toast.tsx';
import { Ago, Money } from '../../../ui/values.tsx';

const REASONS: Record<string, string> = {
  on_demand: 'Taken by hand',
  parked: 'As it was parked',
  moved: 'As it moved',
  forked: 'For a fork',
};
/** Forks are looked for among so many of the newest sessions. */
const LOOKED_THROUGH = 200;

type Config = { resumeSessionId?: string; source?: { snapshot?: string } };

/** What the session was, and what went on from there: a tree. */
export function SnapshotsTab({ session }: { session: Session }) {
  const client = useQueryClient();
  const { data: snapshots, error, refetch } = useQuery(snapshotsQuery(session.id));
  const { data: recent } = useQuery(sessionListQuery({ limit: LOOKED_THROUGH }, 10_000));
  const [busy, setBusy] = useState(false);
  const forks = (recent?.sessions ?? []).filter((one) => (one.config as Config).resumeSessionId === session.id);
  const forksOf = (snapshot: string | null) =>
    forks.filter((one) => {
      const from = (one.config as Config).source?.snapshot ?? null;
      return snapshot === null ? !snapshots?.some(({ id }) => id === from) : from === snapshot;
    });
  const parent = (session.config as Config).resumeSessionId;
  const take = async () => {
    setBusy(true);
    try {
      await rigger.snapshots.take(session.id);
      toast({ title: 'Snapshot taken' });
      await client.invalidateQueries({ queryKey: keys.snapshots(session.id) });
    } catch (problem) {
      toastError(problem);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="p-4">
      {parent !== undefined && (
        <Link
          to="/sessions/$id"
          params={{ id: parent }}
          className="mb-3 flex items-center gap-2 text-sm hover:underline"
        >
          <GitFork className="size-4 text-ink-3" aria-hidden />
          Goes on from {shortId(parent)}
        </Link>
      )}
      {isLive(session) && (
        <Button disabled={busy} onClick={() => void take()} className="mb-3">
          <Camera /> {busy ? 'Taking it…' : 'Take a snapshot'}
        </Button>
      )}
      {error !== null && snapshots === undefined && <Failed error={error} onRetry={() => void refetch()} />}
      {snapshots === undefined && error === null && <Skeleton className="h-12" />}
      {snapshots?.length === 0 && forks.length === 0 && (
        <Empty
          icon={Camera}
          title="No snapshots yet"
          className="py-6"
          curl={`curl -s -X POST ${location.origin}/api/sessions/${session.id}/snapshots`}
        >
          A snapshot is the files as they were, and how far the conversation had come. Restore one, or fork from it.
        </Empty>
      )}
      <ul className="space-y-1">
        {forksOf(null).map((fork) => (
          <Fork key={fork.id} fork={fork} />
        ))}
        {snapshots?.map((snapshot) => (
          <Node key={snapshot.id} snapshot={snapshot} session={session} forks={forksOf(snapshot.id)} />
        ))}
      </ul>
    </div>
  );
}

const Fork = ({ fork }: { fork: Session }) => (
  <li>
    <Link
      to="/sessions/$id"
      params={{ id: fork.id }}
      className="flex h-8 items-center gap-2 rounded-md px-1 text-sm hover:bg-hover"
    >
      <CornerDownRight className="size-4 text-ink-3" aria-hidden />
      <StatusIcon shown={sessionStatus(fork)} />
      <span className="min-w-0 flex-1 truncate">{sessionTitle(fork)}</span>
      <Ago at={fork.createdAt} className="text-ink-3 text-xs" />
    </Link>
  </li>
);

function Node({ snapshot, session, forks }: { snapshot: Snapshot; session: Session; forks: Session[] }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [asking, setAsking] = useState<'restore' | 'delete' | null>(null);
  const refresh = () => {
    void client.invalidateQueries({ queryKey: keys.snapshots(session.id) });
    void client.invalidateQueries({ queryKey: keys.allFiles(session.id) });
  };
  const fork = async () => {
    try {
      const made = await rigger.sessions.fork(session.id, { snapshot: snapshot.id });
      toast({ title: 'Forked from the snapshot' });
      await navigate({ to: '/sessions/$id', params: { id: made.id } });
    } catch (error) {
      toastError(error);
    }
  };
  return (
    <li>
      <div className="flex items-start gap-2 rounded-md px-1 py-1.5 hover:bg-hover">
        <Camera className="mt-0.5 size-4 shrink-0 text-ink-3" aria-hidden />
        <div className="min-w-0 flex-1 text-sm">
          <p className="flex gap-2">
            {REASONS[snapshot.reason] ?? snapshot.reason}
            <Ago at={snapshot.createdAt} className="text-ink-3 text-xs leading-5" />
          </p>
          <p className="tnum text-ink-3 text-xs">
            {plural(snapshot.files, 'file')}, {bytes(snapshot.bytes)} · {plural(snapshot.numTurns, 'turn')} ·{' '}
            <Money usd={snapshot.totalCost} />
          </p>
        </div>
        <Menu
          trigger={
            <Button look="ghost" size="iconSm" aria-label={`Actions of the snapshot ${shortId(snapshot.id)}`}>
              <Ellipsis />
            </Button>
          }
        >
          <MenuItem icon={GitFork} onSelect={() => void fork()}>
            Fork from it
          </MenuItem>
          <MenuItem icon={History} disabled={!isLive(session)} onSelect={() => setAsking('restore')}>
            Restore its files…
          </MenuItem>
          <MenuSeparator />
          <MenuItem icon={Trash2} danger onSelect={() => setAsking('delete')}>
            Delete…
          </MenuItem>
        </Menu>
      </div>
      {forks.length > 0 && (
        <ul className="ml-3">
          {forks.map((one) => (
            <Fork key={one.id} fork={one} />
          ))}
        </ul>
      )}
      <Confirm
        open={asking === 'restore'}
        onOpenChange={(open) => !open && setAsking(null)}
        title="Restore the files of this snapshot?"
        description="From the next message on the files are as they were then; what has changed since is lost unless you take a snapshot first. The conversation stays as it is."
        action="Restore"
        onConfirm={async () => {
          await rigger.snapshots.restore(session.id, snapshot.id);
          toast({ title: 'The files will be those of the snapshot' });
          refresh();
        }}
      />
      <Confirm
        open={asking === 'delete'}
        onOpenChange={(open) => !open && setAsking(null)}
        title="Delete this snapshot?"
        description="What other snapshots need of it stays."
        action="Delete"
        onConfirm={async () => {
          await rigger.snapshots.delete(session.id, snapshot.id);
          refresh();
        }}
      />
    </li>
  );
}
