/**
 * What is done to many sessions at once: only after some seconds, in which it can be taken back. It goes on when somebody leaves the
 * page, so it is kept beside it.
 */
import type { QueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { hasCode, rigger, tell } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import type { Session } from '../../api/types.ts';
import { plural } from '../../format/numbers.ts';
import { toast } from '../../ui/toast.tsx';
import { changeRows, type Pages } from './pages.ts';

export type Act = 'terminate' | 'delete';

const GRACE_MS = 5_000;
const AT_ONCE = 6;
const WORDS = { terminate: ['Terminating', 'terminated'], delete: ['Deleting', 'deleted'] } as const;

let pending: ReadonlyMap<string, Act> = new Map();
const listeners = new Set<() => void>();
function set(ids: string[], act: Act | null): void {
  const next = new Map(pending);
  for (const id of ids)
    if (act === null) next.delete(id);
    else next.set(id, act);
  pending = next;
  for (const listener of listeners) listener();
}

/** What is about to be done, or is being done, to which session. */
export const usePending = (): ReadonlyMap<string, Act> =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => pending,
  );

// Whoever closes the page in between is asked: what was promised would not be done.
addEventListener('beforeunload', (event) => {
  if (pending.size > 0) event.preventDefault();
});

const changeLists = (client: QueryClient, change: (session: Session) => Session | null): void => {
  client.setQueriesData<Pages>({ queryKey: keys.allSessionPages }, (data) =>
    data === undefined ? undefined : changeRows(data, change),
  );
};

/** Does it to all of them in a few seconds, unless it is taken back. */
export function actLater(client: QueryClient, act: Act, ids: string[]): void {
  const [doing] = WORDS[act];
  set(ids, act);
  const timer = setTimeout(() => {
    takeAway();
    void actNow(client, act, ids);
  }, GRACE_MS);
  const takeAway = toast({
    title: `${doing} ${plural(ids.length, 'session')}`,
    detail: 'In a moment. This is the time to change your mind.',
    undo: () => {
      clearTimeout(timer);
      set(ids, null);
    },
  });
}

async function actNow(client: QueryClient, act: Act, ids: string[]): Promise<void> {
  const queue = [...ids];
  const failures: unknown[] = [];
  const changed = new Map<string, Session | null>();
  const one = async (id: string): Promise<void> => {
    try {
      if (act === 'terminate') changed.set(id, (await rigger.sessions.terminate(id)).session);
      else {
        await rigger.sessions.delete(id);
        changed.set(id, null);
      }
    } catch (error) {
      if (hasCode(error, 'session_not_found')) changed.set(id, null);
      else failures.push(error);
    }
  };
  /** Rows change some at a time: a list of many is gone through each time. */
  const show = () => {
    if (changed.size === 0) return;
    const now = new Map(changed);
    changed.clear();
    changeLists(client, (session) => (now.has(session.id) ? now.get(session.id)! : session));
    set([...now.keys()], null);
  };
  const shown = setInterval(show, 500);
  const worker = async () => {
    for (let id = queue.shift(); id !== undefined; id = queue.shift()) await one(id);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, ids.length) }, worker));
  clearInterval(shown);
  show();
  set(ids, null);
  const done = ids.length - failures.length;
  const [, word] = WORDS[act];
  if (failures.length === 0) toast({ title: `${plural(done, 'session')} ${word}` });
  else {
    const { title, detail } = tell(failures[0]);
    toast({
      title: `${done} ${word}, ${failures.length} not`,
      detail: [title, detail].filter((text) => text !== null).join(': '),
      bad: true,
    });
  }
  void client.invalidateQueries({ queryKey: keys.sessions });
  void client.invalidateQueries({ queryKey: ['stats'] });
}
