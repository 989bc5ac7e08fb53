import { globSync } from 'node:fs';
import { createBubblewrapDriver } from '../../packages/runner/src/sandbox/bubblewrap.ts';
import { postgresBinaries } from './machine-postgres.ts';

/** What this machine cannot run, and how to mend it. */
export async function machineLacks(): Promise<{ what: string; mend: string }[]> {
  const lacking: { what: string; mend: string }[] = [];
  const bubblewrap = await createBubblewrapDriver().selfTest();
  if (!bubblewrap.ok)
    lacking.push({ what: `bubblewrap does not work here (${bubblewrap.reason})`, mend: bubblewrap.remedy });
  if (postgresBinaries() === null)
    lacking.push({ what: 'this machine has no PostgreSQL of its own', mend: 'apt-get install postgresql' });
  if (globSync('/usr/lib/*/faketime/libfaketime.so.1').length === 0)
    lacking.push({
      what: 'there is no libfaketime for processes with a wrong clock',
      mend: 'apt-get install faketime',
    });
  if (process.getuid?.() !== 0) lacking.push({ what: 'this is not root', mend: 'tests of running as root need root' });
  return lacking;
}
