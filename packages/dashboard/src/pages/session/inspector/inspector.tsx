import { useNavigate } from '@tanstack/react-router';
import { Tabs } from 'radix-ui';
import type { SessionLog } from '../../../api/log.ts';
import type { Session } from '../../../api/types.ts';
import type { TranscriptView } from '../../../transcript/use-transcript.ts';
import { cn } from '../../../ui/cn.ts';
import { INSPECTOR_TABS, type InspectorTab, type SessionSearch } from '../search.ts';
import { ApiTab } from './api-tab.tsx';
import { EventsTab } from './events-tab.tsx';
import { FilesTab } from './files/files-tab.tsx';
import { SnapshotsTab } from './snapshots-tab.tsx';
import { StatusTab } from './status-tab.tsx';

const TITLES: Record<InspectorTab, string> = {
  status: 'Status',
  files: 'Files',
  snapshots: 'Snapshots',
  events: 'Events',
  api: 'API',
};

/** What there is to know of a session beside its transcript. */
export function Inspector({
  session,
  log,
  transcript,
  search,
  onOlder,
  inSheet = false,
}: {
  session: Session;
  log: SessionLog;
  transcript: TranscriptView;
  search: SessionSearch;
  onOlder: () => void;
  /** It has a sheet's close button in its corner. */
  inSheet?: boolean;
}) {
  const navigate = useNavigate();
  const tab = search.tab ?? 'status';
  return (
    <Tabs.Root
      value={tab}
      onValueChange={(next) =>
        void navigate({
          to: '.',
          search: (before: SessionSearch) => ({ ...before, tab: next as InspectorTab }),
          replace: true,
        })
      }
      className="flex h-full min-h-0 flex-col"
    >
      <Tabs.List
        aria-label="About the session"
        className={cn('flex h-10 shrink-0 items-stretch gap-1 overflow-x-auto border-b px-2', inSheet && 'h-12 pr-12')}
      >
        {INSPECTOR_TABS.map((name) => (
          <Tabs.Trigger
            key={name}
            value={name}
            className="-mb-px border-transparent border-b-2 px-2 text-ink-3 text-sm hover:text-ink data-[state=active]:border-accent data-[state=active]:text-ink"
          >
            {TITLES[name]}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      <Tabs.Content value="status" className="min-h-0 flex-1 overflow-y-auto outline-none">
        <StatusTab session={session} transcript={transcript} />
      </Tabs.Content>
      <Tabs.Content value="files" className="min-h-0 flex-1 outline-none">
        <FilesTab session={session} {...(search.file === undefined ? {} : { open: search.file })} />
      </Tabs.Content>
      <Tabs.Content value="snapshots" className="min-h-0 flex-1 overflow-y-auto outline-none">
        <SnapshotsTab session={session} />
      </Tabs.Content>
      <Tabs.Content value="events" className="min-h-0 flex-1 outline-none">
        <EventsTab log={log} search={search} onOlder={onOlder} />
      </Tabs.Content>
      <Tabs.Content value="api" className="min-h-0 flex-1 overflow-y-auto outline-none">
        <ApiTab session={session} />
      </Tabs.Content>
    </Tabs.Root>
  );
}
