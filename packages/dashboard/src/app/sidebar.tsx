import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Hand, Monitor, Moon, Search, Sun } from 'lucide-react';
import { readinessQuery, sessionListQuery } from '../api/queries.ts';
import { sessionStatus, sessionTitle } from '../format/status.ts';
import { navigation } from '../pages/navigation.ts';
import { Button } from '../ui/button.tsx';
import { cn } from '../ui/cn.ts';
import { Keys } from '../ui/keys.tsx';
import { Skeleton } from '../ui/states.tsx';
import { StatusIcon } from '../ui/status.tsx';
import { Tooltip } from '../ui/tooltip.tsx';
import { Logo } from './logo.tsx';
import { openPalette } from './palette.tsx';
import { setTheme, THEMES, useTheme } from './theme.ts';
import { useWaiting } from './waiting.ts';

const row =
  'flex h-8 items-center gap-2 rounded-md px-2 text-sm text-ink-2 transition-colors duration-100 hover:bg-hover hover:text-ink';
const RECENT = 30;

export function Sidebar() {
  return (
    <div className="flex h-full flex-col">
      <div className="flex h-12 shrink-0 items-center px-3">
        <Logo />
      </div>
      <nav aria-label="Pages" className="flex min-h-0 flex-1 flex-col px-2">
        <button type="button" onClick={openPalette} className={cn(row, 'mb-2 border bg-surface text-ink-3')}>
          <Search className="size-4" aria-hidden />
          <span className="flex-1 text-left">Search or do</span>
          <Keys keys="mod+k" />
        </button>
        {navigation.map(({ to, title, icon: Icon }) => (
          <Link
            key={to}
            to={to}
            activeOptions={{ exact: to === '/' }}
            className={row}
            activeProps={{ className: 'bg-hover text-ink font-medium', 'aria-current': 'page' }}
          >
            <Icon className="size-4 text-ink-3" aria-hidden />
            {title}
          </Link>
        ))}
        <NeedsYou />
        <Recent />
      </nav>
      <Foot />
    </div>
  );
}

/** The way to what waits for a human: its session, where it is answered. */
function NeedsYou() {
  const { count, permissions } = useWaiting();
  const [first] = permissions;
  if (first === undefined) return null;
  return (
    <Link
      to="/sessions/$id"
      params={{ id: first.sessionId }}
      className={cn(row, 'mt-1 bg-warn-soft font-medium text-warn hover:bg-warn-soft hover:text-warn')}
    >
      <Hand className="size-4" aria-hidden />
      <span className="flex-1">{count === 1 ? '1 waits for you' : `${count} wait for you`}</span>
    </Link>
  );
}

function Recent() {
  const { data } = useQuery(sessionListQuery({ limit: RECENT }));
  return (
    <>
      <h2 className="mt-5 mb-1 px-2 text-2xs text-ink-3">Recent sessions</h2>
      <div className="-mx-2 min-h-0 flex-1 overflow-y-auto px-2 pb-2">
        {data === undefined && [0, 1, 2].map((n) => <Skeleton key={n} className="mx-2 my-3" />)}
        {data?.sessions.length === 0 && <p className="px-2 text-ink-3 text-xs">None yet.</p>}
        {data?.sessions.map((session) => {
          const shown = sessionStatus(session);
          return (
            <Link
              key={session.id}
              to="/sessions/$id"
              params={{ id: session.id }}
              className={row}
              activeProps={{ className: 'bg-hover text-ink', 'aria-current': 'page' }}
            >
              <StatusIcon shown={shown} />
              <span className="min-w-0 flex-1 truncate">{sessionTitle(session)}</span>
              <span className="sr-only">{shown.word}</span>
            </Link>
          );
        })}
      </div>
    </>
  );
}

const THEME_ICONS = { system: Monitor, light: Sun, dark: Moon };
const THEME_WORDS = { system: 'as the system', light: 'light', dark: 'dark' };

function Foot() {
  const { data, isError } = useQuery(readinessQuery);
  const theme = useTheme();
  const Icon = THEME_ICONS[theme];
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]!;
  const faults =
    data === undefined ? [] : (['database', 'runner', 'upstream'] as const).filter((name) => !data[name].ok);
  const state = isError
    ? { dot: 'bg-bad', word: 'Not reachable', detail: 'The server does not answer.' }
    : data === undefined
      ? { dot: 'bg-line-strong', word: '…', detail: 'Asking the server how it is' }
      : faults.length > 0
        ? { dot: 'bg-bad', word: `No ${faults.join(', ')}`, detail: faults.map((name) => data[name].detail).join('; ') }
        : { dot: 'bg-good', word: 'Ready', detail: `Runner: ${data.runner.detail}. Model: ${data.upstream.detail}.` };
  return (
    <div className="flex h-11 shrink-0 items-center gap-2 border-t px-3">
      <Tooltip label={state.detail} side="top">
        <button
          type="button"
          className="flex min-w-0 flex-1 cursor-default items-center gap-2 text-left text-ink-3 text-xs"
        >
          <span className={cn('size-2 shrink-0 rounded-full', state.dot)} aria-hidden />
          <span className="truncate">{state.word}</span>
        </button>
      </Tooltip>
      <Tooltip label={`Theme: ${THEME_WORDS[theme]}`} side="top">
        <Button
          look="ghost"
          size="iconSm"
          aria-label={`Theme: ${THEME_WORDS[theme]}. Change to ${THEME_WORDS[next]}`}
          onClick={() => setTheme(next)}
        >
          <Icon />
        </Button>
      </Tooltip>
    </div>
  );
}
