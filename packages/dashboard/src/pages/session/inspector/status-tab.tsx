import { Bot, LoaderCircle, SlidersHorizontal } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { Session } from '../../../api/types.ts';
import { useNow } from '../../../app/now.ts';
import { money } from '../../../format/money.ts';
import { count, exactCount, percent } from '../../../format/numbers.ts';
import { isLive, PATTERN_WORDS, reasonWords, sessionStatus, sessionTitle } from '../../../format/status.ts';
import { duration } from '../../../format/time.ts';
import type { AgentFacts } from '../../../transcript/agent-facts.ts';
import type { TranscriptView } from '../../../transcript/use-transcript.ts';
import { Button } from '../../../ui/button.tsx';
import { Meter } from '../../../ui/meter.tsx';
import { Status } from '../../../ui/status.tsx';
import { Ago } from '../../../ui/values.tsx';
import { EditSession } from './edit-session.tsx';

const of = (used: string, limit: string | null): string => (limit === null ? used : `${used} of ${limit}`);
const share = (used: number, limit: number | null): number | null =>
  limit === null ? null : limit === 0 ? 1 : used / limit;

export function StatusTab({ session, transcript }: { session: Session; transcript: TranscriptView }) {
  const [editing, setEditing] = useState(false);
  const reason = reasonWords(session.statusReason);
  const live = isLive(session);
  return (
    <div className="space-y-6 p-4">
      <section className="space-y-3">
        <div className="flex items-center justify-between gap-2">
          <div>
            <Status shown={sessionStatus(session, transcript.parked)} />
            {reason !== null && <p className="pl-5.5 text-ink-3 text-xs">{reason}</p>}
          </div>
          <Button size="sm" onClick={() => setEditing(true)}>
            <SlidersHorizontal /> Edit
          </Button>
        </div>
        <Limits session={session} live={live} />
      </section>
      <Agents agents={transcript.agents} session={session} />
      <Facts session={session} runner={transcript.runner} />
      {editing && <EditSession session={session} onClose={() => setEditing(false)} />}
    </div>
  );
}

function Limits({ session, live }: { session: Session; live: boolean }) {
  const now = useNow(1_000);
  const { totalCost, maxBudgetUsd, numTurns, maxTurns, maxIdleTimeMs, maxLifetimeMs } = session;
  const ended = session.terminatedAt ?? session.completedAt;
  const age = (ended === null ? now : Date.parse(ended)) - Date.parse(session.createdAt);
  const idle = session.status === 'idle' && live ? now - Date.parse(session.lastActivityAt) : 0;
  const whole = (ms: number): string => duration(Math.max(0, Math.floor(ms / 1_000) * 1_000));
  return (
    <>
      <Meter
        label="Cost"
        share={share(totalCost, maxBudgetUsd)}
        value={of(money(totalCost), maxBudgetUsd === null ? null : money(maxBudgetUsd))}
        title={maxBudgetUsd === null ? 'No budget' : `${percent(totalCost / maxBudgetUsd)} of the budget`}
      />
      <Meter
        label="Turns"
        share={share(numTurns, maxTurns)}
        value={of(exactCount(numTurns), maxTurns === null ? null : exactCount(maxTurns))}
      />
      <Meter
        label="Idle"
        share={share(idle, maxIdleTimeMs)}
        value={of(whole(idle), maxIdleTimeMs === null ? null : duration(maxIdleTimeMs))}
      />
      <Meter
        label="Lifetime"
        share={share(age, maxLifetimeMs)}
        value={of(whole(age), maxLifetimeMs === null ? null : duration(maxLifetimeMs))}
      />
    </>
  );
}

function Agents({ agents, session }: { agents: AgentFacts[]; session: Session }) {
  const custom = session.config.customAgents ?? {};
  if (agents.length === 0) return null;
  return (
    <section>
      <Heading>{agents.length === 1 ? 'Agent' : 'Agents'}</Heading>
      <ul className="space-y-3">
        {agents.map(({ name, model, working, context, window }) => (
          <li key={name}>
            <div className="flex items-center gap-2 text-sm">
              {working ? (
                <LoaderCircle className="size-4 text-accent motion-safe:animate-spin-slow" aria-hidden />
              ) : (
                <Bot className="size-4 text-ink-3" aria-hidden />
              )}
              <span className="font-medium">{name}</span>
              <span className={working ? 'text-accent text-xs' : 'text-ink-3 text-xs'}>
                {working ? 'working' : 'at rest'}
              </span>
              <span className="ml-auto truncate font-mono text-2xs text-ink-3">{model}</span>
            </div>
            {typeof custom[name]?.description === 'string' && (
              <p className="pl-6 text-ink-3 text-xs">{custom[name].description}</p>
            )}
            {context !== null && (
              <div className="mt-1 pl-6">
                <Meter
                  label="Context"
                  share={window === null ? null : context / window}
                  value={of(count(context), window === null ? null : count(window))}
                  title={`${exactCount(context)} tokens`}
                />
              </div>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

const Heading = ({ children }: { children: ReactNode }) => <h2 className="mb-2 text-2xs text-ink-3">{children}</h2>;

function Facts({ session, runner }: { session: Session; runner: string | null }) {
  const facts: [string, ReactNode][] = [
    ['Pattern', PATTERN_WORDS[session.pattern]],
    [
      'Tokens',
      <span key="t" className="tnum" title={exactCount(session.totalTokens)}>
        {count(session.totalTokens)}
      </span>,
    ],
    ['Created', <Ago key="c" at={session.createdAt} />],
    ['Last activity', <Ago key="l" at={session.lastActivityAt} />],
  ];
  const ended = session.terminatedAt ?? session.completedAt;
  if (ended !== null) facts.push(['Ended', <Ago key="e" at={ended} />]);
  if (session.config.model !== undefined) facts.push(['Model asked for', session.config.model]);
  if (session.isolation !== null) facts.push(['Isolation', session.isolation]);
  if (runner !== null) facts.push(['Runner', runner]);
  if (session.userId !== null) facts.push(['User', session.userId]);
  if (session.conversationId !== null) facts.push(['Conversation', String(session.conversationId)]);
  if (session.sessionId !== '')
    facts.push([
      'SDK session',
      <span key="s" className="font-mono text-2xs">
        {session.sessionId}
      </span>,
    ]);
  if (session.toolsUsed.length > 0) facts.push(['Tools used', session.toolsUsed.join(', ')]);
  if (session.tags.length > 0) facts.push(['Tags', session.tags.join(', ')]);
  return (
    <section>
      <Heading>Details</Heading>
      <dl className="grid grid-cols-[7rem_1fr] gap-x-3 gap-y-1.5 text-sm">
        {facts.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-ink-3">{name}</dt>
            <dd className="min-w-0 break-words text-ink-2">{value}</dd>
          </div>
        ))}
      </dl>
      {session.description !== null && session.description !== sessionTitle(session) && (
        <p className="mt-3 whitespace-pre-wrap break-words text-ink-2 text-sm">{session.description}</p>
      )}
    </section>
  );
}
