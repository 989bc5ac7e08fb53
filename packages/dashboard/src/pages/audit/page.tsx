import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ChevronRight, Download, ScrollText, ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import { rigger } from '../../api/client.ts';
import { auditQuery, whoamiQuery } from '../../api/queries.ts';
import type { AuditEntry } from '../../api/types.ts';
import { useTitle } from '../../app/title.ts';
import { exactTime } from '../../format/time.ts';
import { Button } from '../../ui/button.tsx';
import { cn } from '../../ui/cn.ts';
import { Input, Select } from '../../ui/field.tsx';
import { PageHeader } from '../../ui/page.tsx';
import { PageBody, Panel } from '../../ui/section.tsx';
import { Empty, Failed, Skeleton } from '../../ui/states.tsx';
import { toast, toastError } from '../../ui/toast.tsx';
import { Ago } from '../../ui/values.tsx';

/** What the log calls changes, by their beginnings. */
const KINDS = ['session', 'message', 'permission', 'file', 'files', 'snapshot', 'key', 'tenant', 'secret', 'budget', 'webhook', 'schedule', 'runner'] as const; // biome-ignore format: a list

/** What was changed by whom. */
export function AuditPage() {
  useTitle('Audit');
  const [kind, setKind] = useState('');
  const [target, setTarget] = useState('');
  const [open, setOpen] = useState<number | null>(null);
  const { data: caller } = useQuery(whoamiQuery);
  const filter = {
    ...(kind === '' ? {} : { action: `${kind}.*` }),
    ...(target.trim() === '' ? {} : { target: target.trim() }),
  };
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(auditQuery(filter));
  const entries = data?.pages.flatMap((page) => page.entries);
  const verify = async () => {
    try {
      const { entries: count, broken, head } = await rigger.audit.verify();
      if (broken === null)
        toast({
          title: `All ${count} chained entries are as they were written`,
          detail: head === null ? '' : `The newest hash: ${head}`,
        });
      else toastError(new Error(`Entry ${broken.n} is not what it was, or one before it is missing.`));
    } catch (failure) {
      toastError(failure);
    }
  };
  return (
    <>
      <PageHeader
        title="Audit"
        actions={
          <>
            {caller?.operator === true && (
              <Button onClick={() => void verify()}>
                <ShieldCheck /> Verify
              </Button>
            )}
            <Button asChild>
              <a href="/api/audit?format=csv&limit=1000" download="audit.csv">
                <Download /> CSV
              </a>
            </Button>
          </>
        }
      />
      <PageBody className="max-w-5xl space-y-4">
        <div className="flex flex-wrap gap-2">
          <Select
            aria-label="Kind of change"
            value={kind}
            onChange={(event) => setKind(event.target.value)}
            className="w-44"
          >
            <option value="">Every change</option>
            {KINDS.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </Select>
          <Input
            aria-label="What was changed"
            placeholder="Id of what was changed"
            spellCheck={false}
            className="max-w-xs font-mono"
            value={target}
            onChange={(event) => setTarget(event.target.value)}
          />
        </div>
        <Panel>
          {error !== null && entries === undefined ? (
            <Failed error={error} onRetry={() => void refetch()} className="py-8" />
          ) : entries === undefined ? (
            <div className="space-y-3 p-4" role="status" aria-label="Loading">
              <Skeleton className="w-2/3" />
              <Skeleton className="w-1/2" />
            </div>
          ) : entries.length === 0 ? (
            <Empty icon={ScrollText} title="No change" className="py-8">
              {kind === '' && target === ''
                ? 'Whatever somebody changes here is entered with who, from where, and what it was before.'
                : 'None is like that.'}
            </Empty>
          ) : (
            <ul className="divide-y" aria-label="Entries">
              {entries.map((entry) => (
                <Entry
                  key={entry.n}
                  entry={entry}
                  open={open === entry.n}
                  onToggle={() => setOpen(open === entry.n ? null : entry.n)}
                />
              ))}
            </ul>
          )}
          {hasNextPage && (
            <div className="border-t p-2 text-center">
              <Button look="ghost" size="sm" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
                {isFetchingNextPage ? 'Loading…' : 'Older entries'}
              </Button>
            </div>
          )}
        </Panel>
      </PageBody>
    </>
  );
}

function Entry({ entry, open, onToggle }: { entry: AuditEntry; open: boolean; onToggle: () => void }) {
  return (
    <li>
      <button
        type="button"
        aria-expanded={open}
        onClick={onToggle}
        className="grid w-full grid-cols-[auto_9rem_minmax(0,1fr)_minmax(0,1fr)_auto] items-center gap-x-3 px-4 py-2 text-left text-sm hover:bg-hover focus-visible:-outline-offset-2 max-sm:grid-cols-[auto_minmax(0,1fr)_auto]"
      >
        <ChevronRight
          className={cn('size-4 text-ink-3 transition-transform duration-100', open && 'rotate-90')}
          aria-hidden
        />
        <span className="truncate font-mono text-xs">{entry.action}</span>
        <span className="min-w-0 truncate text-ink-2 text-xs max-sm:hidden">{entry.actor}</span>
        <span className="min-w-0 truncate font-mono text-2xs text-ink-3 max-sm:hidden">{entry.target ?? ''}</span>
        <Ago at={entry.at} className="text-ink-3 text-xs" />
      </button>
      {open && <Opened entry={entry} />}
    </li>
  );
}

const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function Opened({ entry }: { entry: AuditEntry }) {
  const { at, actor, keyId, address, requestId, action, target, hash } = entry;
  const [before, after] = [entry.before, entry.after].map((one) =>
    typeof one === 'object' && one !== null ? (one as Record<string, unknown>) : {},
  ) as [Record<string, unknown>, Record<string, unknown>];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const isSession = target?.startsWith('sess_') === true && action !== 'session.delete';
  return (
    <div className="space-y-3 bg-inset px-4 py-3 text-xs sm:pl-11">
      <p className="text-ink-2">
        <time className="tnum" dateTime={at}>
          {exactTime(at)}
        </time>{' '}
        · {actor}
        {keyId !== null && (
          <>
            {' '}
            by the key <span className="font-mono">{keyId}</span>
          </>
        )}
        {address !== null && ` from ${address}`}
      </p>
      {names.length > 0 && (
        <table className="w-full text-left">
          <thead className="text-ink-3">
            <tr>
              <th className="w-1/5 py-1 font-normal">Member</th>
              <th className="w-2/5 py-1 font-normal">Before</th>
              <th className="w-2/5 py-1 font-normal">After</th>
            </tr>
          </thead>
          <tbody className="align-top font-mono text-2xs">
            {names.map((name) => (
              <tr key={name}>
                <td className="py-0.5 pr-3">{name}</td>
                <td className="break-all py-0.5 pr-3 text-ink-2">{name in before ? text(before[name]) : ''}</td>
                <td className="break-all py-0.5">{name in after ? text(after[name]) : ''}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {isSession && (
        <Link to="/sessions/$id" params={{ id: target }} className="underline decoration-line-strong">
          To the session
        </Link>
      )}
      <p className="break-all font-mono text-2xs text-ink-3">
        {requestId !== null && <>request {requestId} · </>}
        {hash === null ? 'not chained yet' : `hash ${hash}`}
      </p>
    </div>
  );
}
