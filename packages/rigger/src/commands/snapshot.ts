import type { Command } from 'commander';
import { addServerOptions, clientOf } from '../connect/options.ts';
import { addJsonOption, addListOptions, type JsonOptions, printJson, printList } from '../terminal/output.ts';
import { wait } from '../terminal/progress.ts';
import { bytes } from '../terminal/units.ts';

export function addSnapshot(program: Command): void {
  const snapshot = program
    .command('snapshot')
    .description('What a session was at a moment: take it, go back to it')
    .addHelpText(
      'after',
      '\nExamples:\n  $ SNAP=$(rigger snapshot take SESSION)\n  $ rigger snapshot restore SESSION $SNAP\n  $ rigger fork SESSION --snapshot $SNAP',
    );

  const take = addJsonOption(
    addServerOptions(snapshot.command('take <session>').description('Take one now; its id goes to standard output')),
  );
  take.action(async (id: string, { json }: { json?: boolean }) => {
    const done = wait('Taking a snapshot');
    const taken = await clientOf(take).snapshots.take(id).finally(done);
    if (json === true) printJson(taken);
    else console.log(taken.id);
  });

  const ls = addServerOptions(
    addListOptions(snapshot.command('ls <session>').description('List them, the newest first')),
  );
  ls.action(async (id: string, options: JsonOptions) => {
    printList(
      await clientOf(ls).snapshots.list(id),
      options,
      ['SNAPSHOT', 'TAKEN (UTC)', 'WHY', 'FILES', 'SIZE'],
      (one) => [one.id, one.createdAt.slice(0, 19).replace('T', ' '), one.reason, String(one.files), bytes(one.bytes)],
      'There are none. Take one with: rigger snapshot take SESSION',
    );
  });

  const restore = addServerOptions(
    snapshot
      .command('restore <session> <snapshot>')
      .description('Have the files be as they were, from the next message on; the conversation stays'),
  );
  restore.action(async (id: string, name: string) => {
    await clientOf(restore).snapshots.restore(id, name);
    console.log(`From the next message on, the files are those of ${name}.`);
  });

  const rm = addServerOptions(snapshot.command('rm <session> <snapshot>').description('Remove one'));
  rm.action(async (id: string, name: string) => {
    await clientOf(rm).snapshots.delete(id, name);
    console.log(`${name} removed`);
  });
}
