import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { rigger } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import type { Runner } from '../../api/types.ts';
import { bytes, percent, plural } from '../../format/numbers.ts';
import { runnerStatus } from '../../format/runners.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { Meter } from '../../ui/meter.tsx';
import { Status } from '../../ui/status.tsx';
import { toast, toastError } from '../../ui/toast.tsx';
import { Ago } from '../../ui/values.tsx';

/** What newer servers say besides. */
interface More {
  memory?: { availableBytes: number; totalBytes: number; short: boolean } | null;
  resources?: { memoryBytes: number; cpuMs: number; processes: number } | null;
}

const ISOLATION: Record<string, string> = {
  none: 'none: agents run without a sandbox',
  bubblewrap: 'bubblewrap',
  docker: 'Docker',
};

export function RunnerCard({ runner }: { runner: Runner & More }) {
  const client = useQueryClient();
  const [asked, setAsked] = useState(false);
  const { id, state, capacity, sessions, warm, memory, resources, labels, draining } = runner;
  const drain = async (next: boolean) => {
    await rigger.runners.drain(id, { draining: next });
    toast({ title: next ? 'Nothing new comes to it' : 'It is given sessions again' });
    await client.invalidateQueries({ queryKey: keys.runners });
  };
  const starts = (warm?.hits ?? 0) + (warm?.misses ?? 0);
  return (
    <li className="min-w-0 rounded-lg border p-4">
      <div className="mb-3 flex items-center gap-2">
        <h2 className="min-w-0 truncate font-mono text-sm">{id}</h2>
        <CopyButton text={id} label="Copy its id" className="-my-1" />
        <Status shown={runnerStatus(runner)} className="ml-auto" />
      </div>
      <Meter
        label="Sessions"
        share={sessions / Math.max(1, capacity)}
        value={
          <Link to="/sessions" search={{ runner: id }} className="hover:text-ink hover:underline">
            {sessions} of {capacity}
          </Link>
        }
      />
      {memory && (
        <div className="mt-3">
          <Meter
            label={memory.short ? 'Memory: short, nothing is placed here' : 'Memory'}
            share={1 - memory.availableBytes / Math.max(1, memory.totalBytes)}
            value={`${bytes(memory.totalBytes - memory.availableBytes)} of ${bytes(memory.totalBytes)}`}
          />
        </div>
      )}
      <dl className="mt-4 grid grid-cols-[7rem_minmax(0,1fr)] gap-x-3 gap-y-1.5 text-sm">
        <Fact name="Isolation" warns={runner.isolation === 'none'}>
          {ISOLATION[runner.isolation] ?? runner.isolation}
        </Fact>
        <Fact name="Version">{runner.version}</Fact>
        <Fact name="Labels">{labels.length === 0 ? '–' : labels.join(', ')}</Fact>
        <Fact name="Warm starts">
          {warm === null ? (
            '–'
          ) : (
            <>
              {starts === 0 ? 'none yet' : `${percent(warm.hits / starts)} of ${plural(starts, 'start')}`}
              <span className="text-ink-3">, {plural(warm.spares, 'agent')} waiting</span>
            </>
          )}
        </Fact>
        {resources && (
          <Fact name="Its sessions use">
            {bytes(resources.memoryBytes)}
            <span className="text-ink-3">, {plural(resources.processes, 'process', 'processes')}</span>
          </Fact>
        )}
        <Fact name="Joined">
          <Ago at={runner.joinedAt} />
        </Fact>
        <Fact name="Server">
          {runner.serverId === null ? 'none' : <span className="font-mono text-xs">{runner.serverId}</span>}
        </Fact>
        {(state === 'disconnected' || state === 'lost') && (
          <Fact name={state === 'lost' ? 'Lost' : 'Waited for'} warns>
            {state === 'lost' ? 'its sessions go on elsewhere, since ' : 'its sessions wait for it, until '}
            <Ago at={runner.leaseExpiresAt} />
          </Fact>
        )}
      </dl>
      <div className="mt-4 flex justify-end">
        {draining ? (
          <Button size="sm" onClick={() => drain(false).catch(toastError)}>
            Let it be filled again
          </Button>
        ) : (
          <Button size="sm" disabled={state === 'lost'} onClick={() => setAsked(true)}>
            Drain…
          </Button>
        )}
      </div>
      <Confirm
        open={asked}
        onOpenChange={setAsked}
        title="Drain this runner?"
        description={`Nothing new is placed on ${id}, and its ${plural(sessions, 'session')} ${sessions === 1 ? 'moves' : 'move'} elsewhere as turns end. Where there is no other runner, they wait. You can take it back at any time.`}
        action="Drain"
        onConfirm={() => drain(true)}
      />
    </li>
  );
}

const Fact = ({ name, warns = false, children }: { name: string; warns?: boolean; children: ReactNode }) => (
  <>
    <dt className="text-ink-3">{name}</dt>
    <dd className={`min-w-0 truncate ${warns ? 'text-warn' : ''}`}>{children}</dd>
  </>
);
