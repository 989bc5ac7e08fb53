import { Camera, CircleStop, Ellipsis, GitFork, Moon, PanelRight, Play, SquareX, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { Session } from '../../api/types.ts';
import { type Command, useCommands } from '../../app/commands.ts';
import { isLive, PATTERN_WORDS, reasonWords, sessionStatus, sessionTitle, shortId } from '../../format/status.ts';
import { Button } from '../../ui/button.tsx';
import { cn } from '../../ui/cn.ts';
import { Confirm } from '../../ui/confirm.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.tsx';
import { Status } from '../../ui/status.tsx';
import { Tooltip } from '../../ui/tooltip.tsx';
import { Money } from '../../ui/values.tsx';
import { useActions } from './use-actions.ts';

const GROUP = 'This session';

/** What the session is, how it is, what it has used, and what can be done with it. */
export function SessionHeader({
  session,
  parked,
  panel,
  onPanel,
}: {
  session: Session;
  parked: boolean;
  /** Whether the inspector is open. */
  panel: boolean;
  onPanel: () => void;
}) {
  const [asking, setAsking] = useState<'terminate' | 'delete' | null>(null);
  const actions = useActions(session, parked);
  const live = isLive(session);
  const all = [
    { name: 'interrupt', title: 'Interrupt the turn', icon: CircleStop, keys: 'i' },
    { name: 'resume', title: 'Resume', icon: Play },
    { name: 'continue', title: 'Continue in a new session', icon: Play },
    { name: 'park', title: 'Park', icon: Moon },
    { name: 'fork', title: 'Fork from here', icon: GitFork },
    { name: 'snapshot', title: 'Take a snapshot', icon: Camera },
    { name: 'terminate', title: 'Terminate…', icon: SquareX, asks: true },
    { name: 'delete', title: 'Delete…', icon: Trash2, asks: true },
  ] as const;
  const can = all.filter(({ name }) => actions[name].run !== null);
  const run = (one: (typeof all)[number]) => ('asks' in one ? setAsking(one.name) : void actions[one.name].run?.());
  useCommands([
    ...can.map(
      (one): Command => ({
        id: `session ${one.name}`,
        title: one.title,
        group: GROUP,
        icon: one.icon,
        run: () => run(one),
        ...('keys' in one ? { keys: one.keys } : {}),
      }),
    ),
    {
      id: 'session panel',
      title: 'Show or hide the inspector',
      group: GROUP,
      keys: ']',
      icon: PanelRight,
      run: onPanel,
    },
    {
      id: 'session copy',
      title: 'Copy the session’s id',
      group: GROUP,
      run: () => void navigator.clipboard.writeText(session.id),
    },
  ]);
  const shown = sessionStatus(session, parked);
  const reason = reasonWords(session.statusReason);
  return (
    <header className="flex shrink-0 items-center gap-3 border-b px-4 py-2">
      <div className="min-w-0 flex-1">
        <div className="flex min-w-0 items-center gap-2.5">
          <Status shown={shown} {...(reason === null ? {} : { title: reason })} />
          <h1 className="min-w-0 truncate font-semibold text-base" title={session.description ?? session.id}>
            {sessionTitle(session)}
          </h1>
        </div>
        <div className="flex h-5 min-w-0 items-center gap-x-3 overflow-hidden whitespace-nowrap text-ink-3 text-xs">
          <span className="max-sm:hidden">{PATTERN_WORDS[session.pattern]}</span>
          <span className="inline-flex items-center font-mono max-sm:hidden">
            {shortId(session.id)}
            <CopyButton text={session.id} label="Copy the id" className="size-5 [&_svg]:size-3" />
          </span>
          <Spent session={session} />
          {reason !== null && <span className="max-md:hidden">{reason}</span>}
          {session.tags.slice(0, 4).map((tag) => (
            <span key={tag} className="rounded bg-hover px-1.5 text-2xs text-ink-2 leading-4 max-lg:hidden">
              {tag}
            </span>
          ))}
        </div>
      </div>
      <div className="flex items-center gap-1.5">
        {actions.interrupt.run !== null && (
          <Tooltip label="Stop the running turn" keys="i">
            <Button onClick={() => void actions.interrupt.run?.()}>
              <CircleStop /> <span className="max-sm:sr-only">Interrupt</span>
            </Button>
          </Tooltip>
        )}
        {actions.resume.run !== null && (
          <Button onClick={() => void actions.resume.run?.()}>
            <Play /> <span className="max-sm:sr-only">Resume</span>
          </Button>
        )}
        <Menu
          trigger={
            <Button look="ghost" size="icon" aria-label="Actions">
              <Ellipsis />
            </Button>
          }
        >
          {can.map((one) => (
            <div key={one.name}>
              {one.name === 'terminate' && <MenuSeparator />}
              {one.name === 'delete' && !live && <MenuSeparator />}
              <MenuItem
                icon={one.icon}
                danger={'asks' in one}
                {...('keys' in one ? { keys: one.keys } : {})}
                onSelect={() => run(one)}
              >
                {one.title}
              </MenuItem>
            </div>
          ))}
        </Menu>
        <Tooltip label={panel ? 'Hide the inspector' : 'Show the inspector'} keys="]">
          <Button
            look="ghost"
            size="icon"
            aria-label="Inspector"
            aria-pressed={panel}
            onClick={onPanel}
            className={cn(panel && 'bg-hover text-ink')}
          >
            <PanelRight />
          </Button>
        </Tooltip>
      </div>
      <Confirm
        open={asking === 'terminate'}
        onOpenChange={(open) => !open && setAsking(null)}
        title="Terminate this session?"
        description="Its agents are stopped and take no more messages. Its log, files and snapshots stay, and a new session can continue it."
        action="Terminate"
        onConfirm={async () => actions.terminate.run?.()}
      />
      <Confirm
        open={asking === 'delete'}
        onOpenChange={(open) => !open && setAsking(null)}
        title="Delete this session?"
        description={`${live ? 'It is ended first. ' : ''}Its log, its files and its snapshots are removed for good. What it cost stays in the books.`}
        action="Delete for good"
        onConfirm={async () => actions.delete.run?.()}
      />
    </header>
  );
}

/** Money and turns against their limits, in sight whatever else is open. */
function Spent({ session }: { session: Session }) {
  const { totalCost, maxBudgetUsd, numTurns, maxTurns } = session;
  return (
    <>
      <Used share={maxBudgetUsd === null ? null : totalCost / maxBudgetUsd}>
        <Money usd={totalCost} />
        {maxBudgetUsd !== null && (
          <>
            {' of '}
            <Money usd={maxBudgetUsd} />
          </>
        )}
      </Used>
      {maxTurns !== null && (
        <Used share={numTurns / maxTurns}>
          {numTurns} of {maxTurns} turns
        </Used>
      )}
    </>
  );
}

function Used({ share, children }: { share: number | null; children: ReactNode }) {
  const tone = share === null || share < 0.8 ? 'bg-ink-3' : share < 1 ? 'bg-warn' : 'bg-bad';
  const ink = share === null || share < 0.8 ? '' : share < 1 ? 'text-warn' : 'text-bad';
  return (
    <span className={cn('tnum inline-flex items-center gap-1.5', ink)}>
      {children}
      {share !== null && (
        <span aria-hidden className="h-1 w-10 overflow-hidden rounded-full bg-line max-sm:hidden">
          <span className={cn('block h-full rounded-full', tone)} style={{ width: `${Math.min(1, share) * 100}%` }} />
        </span>
      )}
    </span>
  );
}
