import { useQueryClient } from '@tanstack/react-query';
import { CircleStop, Trash2, X } from 'lucide-react';
import { useState } from 'react';
import { useCommands } from '../../app/commands.ts';
import { plural } from '../../format/numbers.ts';
import { isLive } from '../../format/status.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { Keys } from '../../ui/keys.tsx';
import { toast } from '../../ui/toast.tsx';
import { type Act, actLater } from './bulk.ts';
import type { Selection } from './use-selection.ts';

/** What can be done to all that are selected. */
export function BulkBar({ selection }: { selection: Selection }) {
  const client = useQueryClient();
  const [asked, setAsked] = useState<{ act: Act; ids: string[]; running: number } | null>(null);
  const count = selection.ids.size;
  const ask = (act: Act) => {
    const chosen = selection.sessions().filter((session) => act === 'delete' || isLive(session));
    if (chosen.length === 0) {
      toast({ title: 'All of them have ended already' });
      return;
    }
    setAsked({
      act,
      ids: chosen.map(({ id }) => id),
      running: chosen.filter(({ status }) => status === 'active').length,
    });
  };
  useCommands(
    count === 0
      ? []
      : [
          {
            id: 'bulk terminate',
            title: `Terminate ${plural(count, 'session')}`,
            group: 'Selected',
            icon: CircleStop,
            run: () => ask('terminate'),
          },
          {
            id: 'bulk delete',
            title: `Delete ${plural(count, 'session')}`,
            group: 'Selected',
            icon: Trash2,
            run: () => ask('delete'),
          },
          { id: 'bulk clear', title: 'Select none', group: 'Selected', icon: X, keys: 'escape', run: selection.clear },
        ],
  );
  return (
    <>
      {count > 0 && (
        <section
          aria-label="Selected sessions"
          className="flex shrink-0 animate-in flex-wrap items-center gap-2 border-t bg-raised px-4 py-2 md:px-6"
        >
          <p className="tnum mr-2 text-sm">{plural(count, 'session')} selected</p>
          <Button size="sm" onClick={() => ask('terminate')}>
            <CircleStop /> Terminate
          </Button>
          <Button size="sm" look="dangerGhost" onClick={() => ask('delete')}>
            <Trash2 /> Delete
          </Button>
          <Button size="sm" look="ghost" onClick={selection.clear} className="ml-auto">
            None <Keys keys="escape" className="max-sm:hidden" />
          </Button>
        </section>
      )}
      {asked !== null && (
        <Confirm
          open
          onOpenChange={(open) => !open && setAsked(null)}
          title={`${asked.act === 'delete' ? 'Delete' : 'Terminate'} ${plural(asked.ids.length, 'session')}?`}
          description={[
            asked.running > 0
              ? `${asked.running === 1 ? 'One is' : `${asked.running} are`} at work: what they do now is broken off.`
              : '',
            asked.act === 'delete'
              ? 'Their logs, conversations and files are removed for good; what they cost stays in the statistics.'
              : 'They take no more messages. Their logs and files stay.',
            'You have five seconds to take it back.',
          ]
            .filter(Boolean)
            .join(' ')}
          action={asked.act === 'delete' ? 'Delete' : 'Terminate'}
          onConfirm={async () => {
            actLater(client, asked.act, asked.ids);
            selection.clear();
          }}
        />
      )}
    </>
  );
}
