/**
 * Rigger on a real cluster, from outside: `npm run test:kubernetes`. Without RIGGER_TEST_KUBERNETES=long it is the short form, which CI runs.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Any,
  bash,
  KEY,
  type KubernetesWorld,
  kubectl,
  podsOf,
  SESSIONS,
  script,
  until,
  KubernetesWorld as World,
  waits,
} from './world.ts';

const image = process.env.RIGGER_TEST_KUBERNETES_IMAGE;
const long = process.env.RIGGER_TEST_KUBERNETES === 'long';
const EXAMPLES = join(import.meta.dirname, '../../examples');

const pod = { memoryMb: 1024, cpus: 2, workspaceMb: 512, requests: { memoryMb: 128, cpus: 0.02 }, graceSeconds: 30 };
const PROFILES = {
  default: { ...pod, warm: { min: 1, max: 2 } },
  nowhere: { ...pod, labels: ['nowhere'], nodeSelector: { 'rigger.dev/nowhere': 'true' } },
};
const tools = { allowedTools: ['Bash', 'Write', 'Read'] };

let world: KubernetesWorld;
/** A session for which there is no room. */
let nowhere: string;
let turnNowhere: string;

/** Runs one of the examples as a user does, against the cluster. */
async function example(name: string): Promise<{ code: number | null; out: string }> {
  const child = spawn(process.execPath, ['session-patterns.js', name], {
    cwd: EXAMPLES,
    env: { ...process.env, RIGGER_URL: world.url, RIGGER_API_KEY: KEY, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  child.stdout.on('data', (text) => (out += text));
  child.stderr.on('data', (text) => (out += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out };
}

const runs = (session: string, turn: string) =>
  world.event(
    session,
    'the turn’s beginning',
    (event) => event.type === 'turn.started' && (event as Any).turnId === turn,
  );
/** A tool of the turn is at work: its process can be killed in the middle of it. */
const works = (session: string) =>
  world.event(session, 'a tool at work', (event) => JSON.stringify(event.data).includes('"tool_use"'));

/** What was said was answered, once. */
async function answeredOnce(session: string, turn: string, words: string): Promise<string> {
  const over = await world.turn(session, turn);
  expect(over.status, JSON.stringify(over.error)).toBe('succeeded');
  expect(over.response.content).toContain(words);
  const ends = (await world.events(session)).filter(
    (event) => event.type === 'turn.finished' && (event as Any).turnId === turn,
  );
  expect(ends).toHaveLength(1);
  return over.response.content;
}

describe.skipIf(!process.env.KUBECONFIG || image === undefined)('on a cluster', () => {
  beforeAll(async () => {
    const npm = spawn('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline'], {
      cwd: EXAMPLES,
      stdio: 'ignore',
    });
    const [[code], started] = await Promise.all([
      once(npm, 'close'),
      World.start(image!, PROFILES, { RIGGER_KUBERNETES_START_TIMEOUT_MS: '60000', RIGGER_LOG_LEVEL: 'info' }),
    ]);
    expect(code).toBe(0);
    world = started;
    // It waits for its minute while the others run.
    nowhere = (await world.create({ pattern: 'hybrid', config: { runnerLabels: ['nowhere'] } })).id;
    turnNowhere = await world.post(nowhere, 'hello');
  }, 240_000);

  afterAll(async () => {
    if (process.env.RIGGER_TEST_KEEP === undefined) await world?.stop();
  });

  const patterns = ['bug-fix', 'email-monitor', 'project-manager', 'simulation'];
  test.each(long ? [...patterns, 'invoices', 'site-builder', 'monitor', 'cleanup'] : patterns)(
    'the example %s holds, its sessions in pods',
    async (name) => {
      const { code, out } = await example(name);
      expect(out).not.toContain('DOES NOT HOLD');
      expect(code, out).toBe(0);
    },
    180_000,
  );

  test('a pod killed by force in the middle of a turn: the turn goes on in another, and the log says why', async () => {
    const { id } = await world.create({ pattern: 'hybrid', config: tools });
    const turn = await world.post(id, script(waits(4_000), { text: 'It was worth the wait.' }));
    await runs(id, turn);
    await works(id);
    const first = await world.podOf(id);
    await kubectl('-n', SESSIONS, 'delete', 'pod', first, '--grace-period=0', '--force');
    // Taken up again, it is told that its process was lost: the scripted model has no more to say to that.
    await answeredOnce(id, turn, '');
    const lost = (await world.events(id)).find((event) => event.type === 'session.runner_lost');
    expect(lost?.data).toMatchObject({ runner: first, reason: 'deleted' });
    expect(await world.podOf(id)).not.toBe(first);
    await world.call('DELETE', `/api/sessions/${id}`);
  }, 120_000);

  test('a server killed in the middle of a turn: the pod waits for the next, and the message is answered once', async () => {
    const { id } = await world.create({ pattern: 'hybrid', config: tools });
    const turn = await world.post(id, script(waits(5_000), { text: 'Nobody noticed.' }));
    await works(id);
    const before = await world.podOf(id);
    const [server] = await podsOf('rigger');
    await kubectl('-n', 'rigger', 'delete', 'pod', server!.name, '--grace-period=0', '--force');
    await answeredOnce(id, turn, 'Nobody noticed.');
    expect(await world.podOf(id)).toBe(before);
    await world.call('DELETE', `/api/sessions/${id}`);
  }, 120_000);

  test('a pod that is drained saves its files, and they are in the next one', async () => {
    const { id } = await world.create({ pattern: 'hybrid', config: tools });
    await answeredOnce(id, await world.post(id, script(bash('echo kept > note.txt'), { text: 'Noted.' })), 'Noted.');
    const first = await world.podOf(id);
    // As a drained node does it, with the time that the pod has to end.
    await kubectl('-n', SESSIONS, 'delete', 'pod', first, '--wait=false');
    await world.event(
      id,
      'the pod’s end in the log',
      ({ type, data }) => type === 'session.runner_ending' && data.reason === 'deleted',
    );
    await world.event(id, 'its snapshot', ({ type }) => type === 'snapshot.taken');
    await answeredOnce(
      id,
      await world.post(id, script(bash('cat note.txt'), { text: 'It says {{lastToolResult}}' })),
      'It says kept',
    );
    expect(await world.podOf(id)).not.toBe(first);
    expect((await world.events(id)).some(({ type }) => type === 'snapshot.restored')).toBe(true);
    await world.call('DELETE', `/api/sessions/${id}`);
  }, 120_000);

  test('a pod for which there is no room: the session says so in Kubernetes’ words, and fails when it takes too long', async () => {
    const pending = await world.event(nowhere, 'the reason', ({ type }) => type === 'session.pod_pending');
    expect(pending.data).toMatchObject({
      reason: 'pod_unschedulable',
      message: expect.stringMatching(/nodes? are available/),
    });
    const { error } = await world.turn(nowhere, turnNowhere);
    expect(error).toMatchObject({ code: 'pod_unschedulable' });
  }, 120_000);

  test('what an agent finds in its pod is worth nothing: no account, no key, no API', async () => {
    const { id } = await world.create({ pattern: 'ephemeral', config: tools });
    const service = JSON.parse(await kubectl('-n', 'rigger', 'get', 'service', 'rigger-runners', '-o', 'json')) as Any;
    const door = `http://${service.spec.clusterIP}:3334`;
    const look = [
      'ls /var/run/secrets 2>&1',
      'cat /proc/[0-9]*/environ 2>/dev/null | tr "\\0" "\\n" | grep -E "DATABASE_URL|ANTHROPIC_API_KEY=sk|VAULT" ',
      'touch /rigger/x 2>&1',
      'id -u',
      `node -e "fetch('${door}/api/sessions').then((a) => console.log('api', a.status))"`,
    ].join('; ');
    const response = await answeredOnce(
      id,
      await world.post(id, script(bash(look), { text: '{{lastToolResult}}' })),
      'api 404',
    );
    expect(response).toMatch(/No such file|cannot access/);
    expect(response).toMatch(/Read-only file system/);
    expect(response).toMatch(/^10001$/m);
    expect(response).not.toMatch(/postgres:|sk-/);
  }, 120_000);

  test('in the end no pod is left that had a session, and none waits that need not', async () => {
    const { body } = await world.call('GET', '/api/sessions?limit=100');
    for (const { id } of body.sessions as Any[]) await world.call('DELETE', `/api/sessions/${id}`);
    await until('the end of the pods', async () => {
      const pods = await podsOf(SESSIONS);
      const { runners } = (await world.call('GET', '/api/runners')).body as { runners: Any[] };
      const waiting = runners.filter((one) => one.sessions === 0 && one.state === 'ready').map((one) => one.id);
      return pods.length <= 2 && pods.every(({ name }) => waiting.includes(name)) ? true : undefined;
    });
  }, 120_000);
});
