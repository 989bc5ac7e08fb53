import { spawnSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { createBubblewrapDriver } from '../../packages/runner/src/sandbox/bubblewrap.ts';
import { engineLacks } from './docker.ts';
import { clusterLacks } from './kubernetes.ts';
import { postgresBinaries } from './machine-postgres.ts';
import { registryAnswers } from './registry.ts';

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
  if (spawnSync('promtool', ['--version']).error !== undefined)
    lacking.push({ what: 'Prometheus’ promtool is not there', mend: 'apt-get install prometheus' });
  const engine = engineLacks();
  if (engine !== null) lacking.push(engine);
  const cluster = clusterLacks();
  if (cluster !== null) lacking.push(cluster);
  if (!registryAnswers())
    lacking.push({ what: 'npm’s registry cannot be reached', mend: 'tests of the packed tarball install it' });
  if (!existsSync('/usr/bin/chromium'))
    lacking.push({ what: 'there is no browser to look at the page with', mend: 'apt-get install chromium' });
  if (process.getuid?.() !== 0) lacking.push({ what: 'this is not root', mend: 'tests of running as root need root' });
  return lacking;
}
