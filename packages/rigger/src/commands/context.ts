import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { addressOf, contextOf } from '../connect/choose.ts';
import { configPath, readConfig, writeConfig } from '../connect/config-file.ts';
import { serverOf } from '../connect/options.ts';
import { UsageError } from '../exit-codes.ts';
import { addListOptions, type JsonOptions, printList } from '../terminal/output.ts';

/** A key is never an argument: those are seen by every user of the machine and kept by shells. */
async function readKey(): Promise<string> {
  let key: string;
  if (process.stdin.isTTY) {
    const { isCancel, password } = await import('@clack/prompts');
    const typed = await password({ message: 'The API key (not shown)' });
    key = isCancel(typed) ? '' : typed.trim();
  } else key = (await text(process.stdin)).trim();
  if (key === '') throw new UsageError('There was no key.');
  return key;
}

export function addContext(program: Command): void {
  const context = program
    .command('context')
    .description('Servers by name, so that commands need not be told each time')
    .addHelpText(
      'after',
      `
Kept in ${'~/.config/rigger/config.json'}, readable by you alone. Which server a command talks to: --server, else --context, else
RIGGER_URL, else the current context, else http://127.0.0.1:3333. RIGGER_API_KEY goes before the key of a context.

Examples:
  $ rigger context add team https://rigger.example.com --key
  $ rigger context use team
  $ rigger ps --context team`,
    );

  context
    .command('add <name> <url>')
    .description('Add a server, or change one; the first is the current one')
    .option('--key', 'with an API key, which is asked for, or read from standard input')
    .action(async (name: string, url: string, { key }: { key?: boolean }) => {
      const added = { url: addressOf(url), ...(key === true ? { apiKey: await readKey() } : {}) };
      const config = readConfig();
      writeConfig({ current: config.current ?? name, contexts: { ...config.contexts, [name]: added } });
      console.log(`${name} is ${added.url}${config.current === undefined ? ', and the current one' : ''}.`);
    });

  context
    .command('use <name>')
    .description('Make one the current one')
    .action((name: string) => {
      const config = readConfig();
      const { url } = contextOf(config, name);
      writeConfig({ ...config, current: name });
      console.log(`Commands talk to ${name}, ${url}, from now on.`);
    });

  addListOptions(context.command('ls', { isDefault: true }).description('List them')).action((options: JsonOptions) => {
    const { current, contexts } = readConfig();
    printList(
      Object.entries(contexts).map(([name, { url, apiKey }]) => ({
        name,
        url,
        current: name === current,
        key: apiKey !== undefined,
      })),
      options,
      ['', 'NAME', 'SERVER', 'KEY'],
      (one) => [one.current ? '*' : '', one.name, one.url, one.key ? 'yes' : '-'],
      `There are none in ${configPath()}. Add one with: rigger context add NAME URL`,
    );
  });

  const show = context.command('show').description('Say which server commands talk to, and why');
  show
    .option('-s, --server <url>')
    .option('-c, --context <name>')
    .action(() => {
      const { url, from, apiKey } = serverOf(show);
      console.log(`${url}  (${from}${apiKey === undefined ? '' : ', with a key'})`);
    });

  context
    .command('rm <name>')
    .description('Forget one')
    .action((name: string) => {
      const { current, contexts } = readConfig();
      contextOf({ contexts }, name);
      const { [name]: _gone, ...left } = contexts;
      writeConfig({ ...(current === undefined || current === name ? {} : { current }), contexts: left });
      console.log(`${name} is forgotten.`);
    });
}
