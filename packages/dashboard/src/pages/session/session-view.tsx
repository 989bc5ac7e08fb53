import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo } from 'react';
import type { SessionLog } from '../../api/log.ts';
import type { Session } from '../../api/types.ts';
import { useKept } from '../../app/kept.ts';
import { useTitle } from '../../app/title.ts';
import { useMedia } from '../../app/use-media.ts';
import { sessionTitle } from '../../format/status.ts';
import type { PermissionRow } from '../../transcript/rows.ts';
import { useTranscript } from '../../transcript/use-transcript.ts';
import { Sheet } from '../../ui/dialog.tsx';
import { Failed } from '../../ui/states.tsx';
import { AgentBar, COLUMNS, COORDINATOR } from './agent-bar.tsx';
import { Columns, Loading, NothingYet, Waits } from './around.tsx';
import { Composer } from './composer/composer.tsx';
import { ConnectionBand } from './connection-band.tsx';
import { type SessionFacts, SessionFactsContext } from './context.ts';
import { SessionHeader } from './header.tsx';
import { Inspector } from './inspector/inspector.tsx';
import { TranscriptList } from './rows/transcript-list.tsx';
import type { SessionSearch } from './search.ts';
import { useTranscriptKeys } from './use-transcript-keys.ts';

const route = getRouteApi('/sessions/$id');

/** Everything of one session: its transcript, what is written to it, and what there is to know beside it. */
export function SessionView({ session, log, onOlder }: { session: Session; log: SessionLog; onOlder: () => void }) {
  const search = route.useSearch();
  const navigate = useNavigate();
  const wide = useMedia('(min-width: 1100px)');
  const [kept, keep] = useKept('inspector', 'open');
  const transcript = useTranscript(log);
  useTitle(sessionTitle(session));

  const crew = session.pattern === 'single-container';
  const agents = useMemo(
    () =>
      crew
        ? [COORDINATOR, ...Object.keys(session.config.customAgents ?? {}).filter((name) => name !== COORDINATOR)]
        : ['main'],
    [crew, session.config.customAgents],
  );
  const workingDirectory =
    typeof session.config.workingDirectory === 'string' ? session.config.workingDirectory : '/workspace';
  const facts = useMemo<SessionFacts>(
    () => ({ id: session.id, workingDirectory, crew }),
    [session.id, workingDirectory, crew],
  );

  const setSearch = (patch: Partial<Record<keyof SessionSearch, unknown>>, replace = true) =>
    void navigate({ to: '.', search: (before: SessionSearch) => ({ ...before, ...patch }) as SessionSearch, replace });
  const panel = wide ? kept === 'open' : search.tab !== undefined;
  const togglePanel = () => {
    if (wide) {
      keep(panel ? 'closed' : 'open');
      // A tab in the address opens the inspector: closed, it is in no address.
      if (panel) setSearch({ tab: undefined, file: undefined });
    } else setSearch({ tab: panel ? undefined : 'status', file: undefined }, false);
  };

  const { rows } = transcript;
  const agent = search.agent;
  const shown = useMemo(
    () =>
      agent === undefined || agent === COLUMNS ? rows : rows.filter((row) => row.agent === agent || row.agent === null),
    [rows, agent],
  );
  const waiting = rows.filter((row): row is PermissionRow => row.kind === 'permission' && row.answer === null);
  const oldest = waiting[0];
  const inSight = useTranscriptKeys({
    rows: shown,
    event: search.event,
    waiting: oldest?.permission,
    point: (event) => setSearch({ event }),
    pointToWaiting: () => setSearch({ event: oldest?.seq }),
  });

  // What is open in the inspector of a wide screen is no sheet of a narrow one.
  useEffect(() => {
    if (wide && search.tab !== undefined && kept !== 'open') keep('open');
  }, [wide, search.tab, kept, keep]);

  const inspector = (inSheet: boolean) => (
    <Inspector
      session={session}
      log={log}
      transcript={transcript}
      search={search}
      onOlder={onOlder}
      inSheet={inSheet}
    />
  );
  const pointed = search.event === undefined ? {} : { selected: search.event };
  return (
    <SessionFactsContext value={facts}>
      <SessionHeader session={session} parked={transcript.parked} panel={panel} onPanel={togglePanel} />
      <ConnectionBand log={log} />
      <div className="flex min-h-0 flex-1">
        <div className="flex min-w-0 flex-1 flex-col">
          {crew && (
            <AgentBar
              agents={agents}
              facts={transcript.agents}
              chosen={agent}
              onChoose={(next) => setSearch({ agent: next })}
            />
          )}
          {log.state === 'ended' && log.problem !== null && rows.length === 0 ? (
            <Failed error={log.problem} className="flex-1" />
          ) : rows.length === 0 ? (
            log.state === 'connecting' ? (
              <Loading />
            ) : (
              <NothingYet session={session} />
            )
          ) : agent === COLUMNS ? (
            <Columns agents={agents} rows={rows} {...pointed} />
          ) : (
            <TranscriptList
              key={agent ?? ''}
              rows={shown}
              label="Transcript"
              speakers={crew && agent === undefined}
              {...pointed}
            />
          )}
          {oldest !== undefined && !inSight && (
            <Waits count={waiting.length} onShow={() => setSearch({ event: oldest.seq })} />
          )}
          <Composer
            session={session}
            agents={agents}
            agent={agent === COLUMNS ? undefined : agent}
            queued={transcript.queued}
          />
        </div>
        {wide && panel && (
          <aside aria-label="Inspector" className="w-92 shrink-0 border-l bg-surface">
            {inspector(false)}
          </aside>
        )}
      </div>
      {!wide && (
        <Sheet open={panel} onOpenChange={togglePanel} title="About the session">
          {inspector(true)}
        </Sheet>
      )}
    </SessionFactsContext>
  );
}
