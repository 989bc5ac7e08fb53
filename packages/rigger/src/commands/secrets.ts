import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { addServerOptions, clientOf } from '../connect/options.ts';
import { addListOptions, type JsonOptions, printList } from '../terminal/output.ts';

/** A value is never an argument: those are seen by every user of the machine and kept by shells. */
async function readValue(name: string): Promise<string> {
  if (!process.stdin.isTTY) return (await text(process.stdin)).replace(/\r?\n$/, '');
  const { isCancel, password } = await import('@clack/prompts');
  const typed = await password({ message: `The value of ${name} (not shown)` });
  if (isCancel(typed)) throw new Error('Nothing was set.');
  return typed;
}

export function addSecrets(program: Command): void {
  const secrets = program.command('secrets').description('Secrets that sessions may use: list, set, remove');

  const list = addServerOptions(
    addListOptions(
      secrets.command('list').alias('ls').description('List them and where they may be sent, without their values'),
    ),
  );
  list.action(async (options: JsonOptions) => {
    printList(
      await clientOf(list).secrets.list(),
      options,
      ['SECRET', 'HOSTS', 'CHANGED (UTC)', 'DESCRIPTION'],
      ({ name, hosts, updatedAt, description }) => [
        name,
        hosts.join(' '),
        updatedAt.slice(0, 19).replace('T', ' '),
        description ?? '-',
      ],
      'There are no secrets. Make one with: rigger secrets set NAME --host HOST',
    );
  });

  const set = addServerOptions(
    secrets
      .command('set <name>')
      .description('Make one, or give it a new value; the value is read from standard input, or asked for')
      .requiredOption('--host <host...>', 'hosts that it may be sent to: host, *.host, host:port')
      .option('--description <text>', 'what it is for'),
  );
  set.action(async (name: string, { host: hosts, description }: { host: string[]; description?: string }) => {
    const value = await readValue(name);
    await clientOf(set).secrets.set(name, { value, hosts, ...(description === undefined ? {} : { description }) });
    console.log(`${name} is set. A session uses it with config.secrets: [{ "name": "${name}" }]`);
  });

  const rm = addServerOptions(
    secrets.command('rm <name>').description('Remove one: sessions that use it send it no more'),
  );
  rm.action(async (name: string) => {
    await clientOf(rm).secrets.delete(name);
    console.log(`${name} is removed.`);
  });
}
