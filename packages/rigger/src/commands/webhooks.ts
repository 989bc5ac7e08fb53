import type { Webhook, WebhookDelivery, WebhookDeliveryQuery, WebhookUpdate } from '@rigger/client';
import { type Command, Option } from 'commander';
import { addServerOptions, clientOf } from '../connect/options.ts';
import { addJsonOption, addListOptions, type JsonOptions, printJson, printList } from '../terminal/output.ts';
import { collect, count, duration, given } from './session-options.ts';
import { minute } from './times.ts';

type Events = NonNullable<WebhookUpdate['events']>;
interface Settings {
  event?: string[];
  description?: string;
}
const STATUSES = ['pending', 'delivered', 'failed', 'cancelled'] as const;

const addSettings = (command: Command): Command =>
  command
    .option(
      '--event <type>',
      'a type of event that is wanted, such as turn.finished; several times for several',
      collect,
    )
    .option('--description <text>', 'what it is for');

/** A secret goes to standard output, where a variable or a file takes it; what is said of it does not. */
function printSecret({ id, secret = '' }: Webhook): void {
  process.stderr.write(`${id}. Its secret is shown now and never again:\n`);
  console.log(secret);
}

/** How the last attempt went, in few words. */
function outcome({ attempts }: WebhookDelivery): string {
  const last = attempts.at(-1);
  return last === undefined ? '-' : [last.statusCode, last.error].filter((one) => one !== null).join(' ');
}

export function addWebhooks(program: Command): void {
  const webhooks = program
    .command('webhooks')
    .description('Addresses that events are posted to: add, change, try out, send again')
    .addHelpText(
      'after',
      `
Deliveries are signed by the convention of standardwebhooks.com: https://www.standardwebhooks.com has libraries that verify them.

Examples:
  $ SECRET=$(rigger webhooks add https://example.com/rigger --event turn.finished --event permission.requested)
  $ rigger webhooks test WEBHOOK
  $ rigger webhooks deliveries WEBHOOK --status failed`,
    );

  const ls = addServerOptions(addListOptions(webhooks.command('ls').alias('list').description('List them')));
  ls.action(async (options: JsonOptions) => {
    printList(
      await clientOf(ls).webhooks.list(),
      options,
      ['WEBHOOK', 'STATE', 'DELIVERED (UTC)', 'URL', 'EVENTS'],
      (one) => [
        one.id,
        one.enabled ? 'enabled' : `disabled: ${one.disabledReason}`,
        one.lastDeliveredAt === null ? '-' : minute(one.lastDeliveredAt),
        one.url,
        one.events.length === 0 ? 'all' : one.events.join(' '),
      ],
      'There are none. Add one with: rigger webhooks add URL',
    );
  });

  const add = addJsonOption(
    addServerOptions(
      addSettings(webhooks.command('add <url>').description('Add one; its secret goes to standard output')),
    ),
  );
  add.action(async (url: string, { event, description, json }: Settings & { json?: boolean }) => {
    const made = await clientOf(add).webhooks.create({
      url,
      ...given({ events: event as Events | undefined, description }),
    });
    if (json === true) printJson(made);
    else printSecret(made);
  });

  const set = addServerOptions(
    addSettings(webhooks.command('set <webhook>').description('Change one'))
      .option('--url <url>', 'where events are posted to')
      .option('--all-events', 'events of every type'),
  );
  set.action(async (id: string, options: Settings & { url?: string; allEvents?: boolean }) => {
    const { url, description, event, allEvents } = options;
    const events = allEvents === true ? [] : (event as Events | undefined);
    await clientOf(set).webhooks.update(id, given({ url, events, description }));
    console.log(`${id} is changed.`);
  });

  for (const [name, enabled, what] of [
    ['enable', true, 'Have events posted to it again'],
    ['disable', false, 'Have nothing posted to it; what waited to be sent is given up'],
  ] as const) {
    const command = addServerOptions(webhooks.command(`${name} <webhook>`).description(what));
    command.action(async (id: string) => {
      await clientOf(command).webhooks.update(id, { enabled });
      console.log(`${id} is ${name}d.`);
    });
  }

  const rotate = addJsonOption(
    addServerOptions(
      webhooks
        .command('rotate <webhook>')
        .description('Give it a new secret, which goes to standard output')
        .option('--overlap <time>', 'how long the former one signs as well: 1h, 1d; a day by default', duration),
    ),
  );
  rotate.action(async (id: string, { overlap, json }: { overlap?: number; json?: boolean }) => {
    const rotated = await clientOf(rotate).webhooks.rotate(id, overlap);
    if (json === true) printJson(rotated);
    else printSecret(rotated);
  });

  const test = addJsonOption(
    addServerOptions(webhooks.command('test <webhook>').description('Send it webhook.test at once, and once')),
  );
  test.action(async (id: string, { json }: { json?: boolean }) => {
    const { delivered, statusCode, latencyMs, error } = await clientOf(test).webhooks.test(id);
    if (json === true) printJson({ delivered, statusCode, latencyMs, error });
    else if (delivered) console.log(`Delivered: ${statusCode} in ${latencyMs} ms.`);
    else
      console.log(
        `Not delivered: ${[error, statusCode].filter((one) => one !== null).join(' ')}, after ${latencyMs} ms.`,
      );
    if (!delivered) process.exitCode = 1;
  });

  const deliveries = addServerOptions(
    addListOptions(
      webhooks
        .command('deliveries <webhook>')
        .description('What was sent to it and is to be, the newest first')
        .addOption(new Option('--status <status>', 'only these').choices(STATUSES))
        .option('-n, --limit <n>', 'at most so many', count, 50),
    ),
  );
  deliveries.action(async (id: string, options: JsonOptions & WebhookDeliveryQuery) => {
    const { status, limit } = options;
    const page = await clientOf(deliveries).webhooks.deliveries(id, given({ status, limit }));
    printList(
      page.deliveries,
      options,
      ['DELIVERY', 'CREATED (UTC)', 'TYPE', 'STATUS', 'TRIES', 'LAST', 'SESSION'],
      (one) => [
        one.id,
        minute(one.createdAt),
        one.type,
        one.status,
        String(one.attempts.length),
        outcome(one),
        one.sessionId ?? '-',
      ],
      'Nothing was sent to it yet.',
    );
  });

  const redeliver = addServerOptions(
    webhooks.command('redeliver <webhook> <delivery>').description('Send a delivery once more, under the same id'),
  );
  redeliver.action(async (id: string, delivery: string) => {
    await clientOf(redeliver).webhooks.redeliver(id, delivery);
    console.log(`${delivery} is sent again.`);
  });

  const rm = addServerOptions(webhooks.command('rm <webhook>').description('Remove one with its deliveries'));
  rm.action(async (id: string) => {
    await clientOf(rm).webhooks.delete(id);
    console.log(`${id} is removed.`);
  });
}
