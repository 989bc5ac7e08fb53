import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Command as Cmdk } from 'cmdk';
import { Search } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { useState, useSyncExternalStore } from 'react';
import { sessionListQuery } from '../api/queries.ts';
import { sessionStatus, sessionTitle, shortId } from '../format/status.ts';
import { Keys } from '../ui/keys.tsx';
import { StatusIcon } from '../ui/status.tsx';
import { useCommands, useRegisteredCommands } from './commands.ts';

let isOpen = false;
const listeners = new Set<() => void>();
const setOpen = (next: boolean): void => {
  isOpen = next;
  for (const listener of listeners) listener();
};
export const openPalette = (): void => setOpen(true);

const item =
  'flex h-9 cursor-default select-none items-center gap-2.5 rounded-md px-2.5 text-sm data-[selected=true]:bg-hover [&_svg]:size-4 [&_svg]:shrink-0';
const heading =
  '[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-2xs [&_[cmdk-group-heading]]:text-ink-3';

const ALWAYS = ['Go to', 'View'];
const placeOf = (group: string): number => (group === 'Waits for you' ? -2 : ALWAYS.indexOf(group));

/** Everything that can be done, and every session, found by typing. */
export function Palette() {
  const open = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => isOpen,
  );
  useCommands([
    {
      id: 'palette',
      title: 'Search or do',
      group: 'View',
      keys: 'mod+k',
      quiet: true,
      whileTyping: true,
      run: openPalette,
    },
  ]);
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-in bg-black/30 dark:bg-black/55" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-x-2 top-[10vh] z-50 mx-auto max-w-xl animate-in overflow-hidden rounded-xl border bg-raised shadow-pop"
        >
          <Dialog.Title className="sr-only">Search or do</Dialog.Title>
          <Inside />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Inside() {
  const [text, setText] = useState('');
  const commands = useRegisteredCommands().filter((command) => command.quiet !== true);
  const navigate = useNavigate();
  const { data } = useQuery(sessionListQuery({ limit: 100 }, 15_000));
  // What the page itself offers comes before what is always there.
  const groups = [...Map.groupBy(commands, ({ group }) => group)].sort(([a], [b]) => placeOf(a) - placeOf(b));
  const run = (act: () => void) => {
    setOpen(false);
    // The dialog gives the focus back first; what is done may want it.
    setTimeout(act);
  };
  return (
    <Cmdk label="Search or do" loop>
      <div className="flex items-center gap-2.5 border-b px-4">
        <Search className="size-4 text-ink-3" aria-hidden />
        <Cmdk.Input
          value={text}
          onValueChange={setText}
          placeholder="A command, a page, a session…"
          className="h-12 min-w-0 flex-1 bg-transparent text-base outline-none"
        />
      </div>
      <Cmdk.List className="max-h-[min(24rem,60vh)] overflow-y-auto p-1.5">
        <Cmdk.Empty className="py-10 text-center text-ink-3 text-sm">Nothing is called that.</Cmdk.Empty>
        {groups.map(([group, members]) => (
          <Cmdk.Group key={group} heading={group} className={heading}>
            {members.map(({ id, title, icon: Icon, keys, words, run: act }) => (
              <Cmdk.Item
                key={id}
                value={`${group} ${title} ${id}`}
                keywords={words ?? []}
                onSelect={() => run(act)}
                className={item}
              >
                {Icon === undefined ? <span className="size-4" /> : <Icon className="text-ink-3" aria-hidden />}
                <span className="flex-1 truncate">{title}</span>
                {keys !== undefined && <Keys keys={keys} />}
              </Cmdk.Item>
            ))}
          </Cmdk.Group>
        ))}
        <Cmdk.Group heading="Sessions" className={heading}>
          {data?.sessions.map((session) => (
            <Cmdk.Item
              key={session.id}
              value={`${sessionTitle(session)} ${session.id}`}
              keywords={[...session.tags, session.pattern, session.userId ?? '']}
              onSelect={() => run(() => void navigate({ to: '/sessions/$id', params: { id: session.id } }))}
              className={item}
            >
              <StatusIcon shown={sessionStatus(session)} />
              <span className="min-w-0 flex-1 truncate">{sessionTitle(session)}</span>
              <span className="font-mono text-2xs text-ink-3">{shortId(session.id)}</span>
            </Cmdk.Item>
          ))}
        </Cmdk.Group>
      </Cmdk.List>
    </Cmdk>
  );
}
