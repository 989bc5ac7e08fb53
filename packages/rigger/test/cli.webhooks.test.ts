/** `rigger webhooks` and `rigger schedules` against a real server and a real receiver. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Json, type Rigger, startRigger } from './harness.ts';
import { RECEIVER_SETTINGS, type Receiver, startReceiver } from './receiver.ts';
import { cli, type Ended } from './terminal.ts';

let server: Rigger;
let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
  server = await startRigger(RECEIVER_SETTINGS);
});
afterAll(async () => {
  await server?.stop();
  await receiver.close();
});

const rigger = (...args: string[]): Promise<Ended> =>
  cli(args, { env: { RIGGER_URL: server.url, XDG_CONFIG_HOME: server.dataDir } });
const good = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await rigger(...args);
  expect(code, stderr).toBe(0);
  return stdout.trim();
};
const lines = (text: string): Json[] => text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));

describe('rigger webhooks', () => {
  test('adds one, whose secret goes to standard output, tries it out, turns it off and on, and removes it', async () => {
    const secret = await good(
      'webhooks',
      'add',
      `${receiver.url}/cli`,
      '--event',
      'session.created',
      '--description',
      'mine',
    );
    expect(secret).toMatch(/^whsec_\S+$/);
    receiver.secrets.set('/cli', secret);
    const [hook] = lines(await good('webhooks', 'ls'));
    expect(hook).toMatchObject({ url: `${receiver.url}/cli`, events: ['session.created'], description: 'mine' });

    expect(await good('webhooks', 'test', hook.id)).toMatch(/^Delivered: 200 in \d+ ms\.$/);
    await receiver.until((one) => one.path === '/cli' && one.event.type === 'webhook.test');
    receiver.answers.push(500);
    expect(await rigger('webhooks', 'test', hook.id)).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^Not delivered: http_status 500/),
    });

    const table = await good('webhooks', 'deliveries', hook.id, '--no-json', '--status', 'failed');
    expect(table.split('\n')).toHaveLength(2);
    expect(table).toContain('500 http_status');
    const [failed] = lines(await good('webhooks', 'deliveries', hook.id, '--status', 'failed'));
    const before = receiver.received.length;
    await good('webhooks', 'redeliver', hook.id, failed.id);
    expect((await receiver.until(() => receiver.received.length > before)).path).toBe('/cli');
    expect(receiver.received.at(-1)?.id).toBe(failed.messageId);

    await good('webhooks', 'disable', hook.id);
    expect(await good('webhooks', 'ls', '--no-json')).toContain('disabled: user_requested');
    await good('webhooks', 'enable', hook.id);
    await good('webhooks', 'set', hook.id, '--all-events');
    expect(lines(await good('webhooks', 'ls'))[0]).toMatchObject({ enabled: true, events: [] });

    const fresh = await good('webhooks', 'rotate', hook.id, '--overlap', '1h');
    expect(fresh).toMatch(/^whsec_/);
    expect(fresh).not.toBe(secret);
    await good('webhooks', 'rm', hook.id);
    expect(await good('webhooks', 'ls')).toBe('');
  });

  test('says what is wrong with an address', async () => {
    const { code, stderr } = await rigger('webhooks', 'add', 'http://169.254.169.254/');
    expect(code).toBe(1);
    expect(stderr).toContain('private');
    expect(stderr).toContain('webhook_target_refused');
  });
});

describe('rigger schedules', () => {
  test('adds one that makes a session each time, runs it by hand, and tells what came of it', async () => {
    const id = await good(
      'schedules',
      'add',
      'report',
      '--cron',
      '30 8 * * mon-fri',
      '--tz',
      'Europe/Berlin',
      '--tag',
      'report',
      'Write it.',
    );
    expect(id).toMatch(/^sched_/);
    expect(await good('schedules', 'ls', '--no-json')).toContain(
      '30 8 * * mon-fri Europe/Berlin  a new ephemeral session',
    );
    const run = await good('schedules', 'run', id);
    let found: Json[] = [];
    while (found[0]?.status !== 'succeeded') found = lines(await good('schedules', 'runs', id));
    expect(found).toMatchObject([{ id: run, trigger: 'manual', status: 'succeeded' }]);
    expect(await good('schedules', 'runs', id, '--no-json')).toContain('succeeded');
    expect(await good('schedules', 'pause', id)).toBe(`${id} is paused.`);
    expect(await good('schedules', 'resume', id)).toMatch(/ runs next at \d{4}-\d\d-\d\d 0[67]:30:00 UTC\.$/);
    await good('schedules', 'rm', id);
    expect(await good('schedules', 'ls')).toBe('');
  });

  test('adds one for a session, and changes it', async () => {
    const session = await server.create({ pattern: 'hybrid', config: {} });
    const id = await good(
      'schedules',
      'add',
      'nudge',
      '--at',
      '2100-01-01T00:00:00Z',
      '--session',
      session.id,
      'Anything new?',
    );
    await good('schedules', 'set', id, '--cron', '0 */4 * * *', '--overlap', 'queue', '--prompt', 'And now?');
    expect(lines(await good('schedules', 'ls'))[0]).toMatchObject({
      name: 'nudge',
      cron: '0 */4 * * *',
      at: null,
      target: { sessionId: session.id },
      prompt: 'And now?',
      overlap: 'queue',
      status: 'active',
    });
    await good('schedules', 'rm', id);
  });

  test('says what is wrong with a time', async () => {
    const { code, stderr } = await rigger('schedules', 'add', 'odd', '--cron', '0 25 * * *', 'x');
    expect(code).toBe(1);
    expect(stderr).toContain('25');
    expect((await rigger('schedules', 'add', 'odd', '--cron', '0 8 * * *', '--agent', 'a', 'x')).code).toBe(2);
  });
});
