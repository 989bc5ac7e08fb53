import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { rigger } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import type { Session } from '../../api/types.ts';
import { isLive } from '../../format/status.ts';
import { toast, toastError } from '../../ui/toast.tsx';

export interface Action {
  /** What it does to this session as it now is; null: it cannot be done now. */
  run: (() => Promise<unknown>) | null;
}
export type ActionName = 'interrupt' | 'park' | 'resume' | 'continue' | 'fork' | 'snapshot' | 'terminate' | 'delete';

/** What can be done with a session, and whether it can be now. Each says what it did, or what went wrong. */
export function useActions(session: Session, parked: boolean): Record<ActionName, Action> {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { id } = session;
  const live = isLive(session);
  const refresh = () => {
    void client.invalidateQueries({ queryKey: keys.session(id) });
    void client.invalidateQueries({ queryKey: keys.sessions });
  };
  const go = (to: string) => void navigate({ to: '/sessions/$id', params: { id: to } });
  const act = (when: boolean, work: () => Promise<unknown>): Action => ({
    run: when
      ? async () => {
          try {
            await work();
          } catch (error) {
            toastError(error);
          } finally {
            refresh();
          }
        }
      : null,
  });

  return {
    interrupt: act(session.status === 'active', () => rigger.sessions.interrupt(id)),
    park: act(session.status === 'idle' && !session.paused && !parked, async () => {
      await rigger.sessions.update(id, { status: 'idle' });
      toast({
        title: 'Parked',
        detail: 'Its processes end; its files and memory stay.',
        undo: () => void rigger.sessions.resume(id).then(refresh, toastError),
      });
    }),
    resume: act(session.status === 'idle' && !session.paused && parked, () => rigger.sessions.resume(id)),
    continue: act(!live, async () => {
      const made = await rigger.sessions.resume(id);
      toast({ title: 'A new session continues this one' });
      go(made.id);
    }),
    fork: act(true, async () => {
      const made = await rigger.sessions.fork(id);
      toast({
        title: 'Forked',
        detail: 'This is the fork: neither touches the other from now on.',
        undo: () => void rigger.sessions.delete(made.id).then(() => go(id), toastError),
      });
      go(made.id);
    }),
    snapshot: act(live, async () => {
      await rigger.snapshots.take(id);
      toast({ title: 'Snapshot taken' });
    }),
    terminate: act(live, async () => {
      await rigger.sessions.terminate(id);
      // There is no way back, but a way on.
      toast({ title: 'Terminated', detail: 'A new session can continue it.' });
    }),
    delete: {
      run: async () => {
        await rigger.sessions.delete(id);
        client.removeQueries({ queryKey: keys.session(id) });
        void client.invalidateQueries({ queryKey: keys.sessions });
        toast({ title: 'Deleted' });
        await navigate({ to: '/' });
      },
    },
  };
}
