import { Keyboard } from 'lucide-react';
import { useState } from 'react';
import { Dialog } from '../ui/dialog.tsx';
import { Keys } from '../ui/keys.tsx';
import { useCommands, useRegisteredCommands } from './commands.ts';

/** Every key that does something here and now. */
export function KeyMap() {
  const [open, setOpen] = useState(false);
  useCommands([
    {
      id: 'keys',
      title: 'Keys',
      group: 'View',
      keys: '?',
      icon: Keyboard,
      run: () => setOpen(true),
      words: ['shortcuts', 'help'],
    },
  ]);
  const withKeys = useRegisteredCommands().filter((command) => command.keys !== undefined);
  return (
    <Dialog open={open} onOpenChange={setOpen} title="Keys" className="max-w-xl">
      <div className="grid gap-x-8 sm:grid-cols-2">
        {[...Map.groupBy(withKeys, ({ group }) => group)].map(([group, commands]) => (
          <section key={group} className="mb-3">
            <h3 className="mb-1 text-2xs text-ink-3">{group}</h3>
            {commands.map((command) => (
              <div key={command.id} className="flex min-h-7 items-center justify-between gap-3 text-sm">
                <span className="text-ink-2">{command.title}</span>
                <Keys keys={command.keys!} />
              </div>
            ))}
          </section>
        ))}
      </div>
    </Dialog>
  );
}
