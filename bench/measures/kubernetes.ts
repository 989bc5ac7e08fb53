/** Sessions in pods of a real cluster, from outside: a pod that waits, one that does not beside a bare one, many at once, and pods and servers that go. */
import { startTestCluster } from '../../scripts/test/kubernetes.ts';
import { KEY, KubernetesWorld, kubectl, podsOf, SESSIONS, script, until, waits } from '../../test/kubernetes/world.ts';
import type { Measure } from '../harness/bench.ts';
import { reportSeries } from '../harness/figures.ts';

const PROMPT = 'Say hello to the benchmark.';
const config = { model: 'claude-sonnet-4-5', allowedTools: ['Bash', 'Read'] };
const AT_ONCE = 20;
const WARM_P50_MS = 200;

const pod = { memoryMb: 1024, cpus: 2, workspaceMb: 512, requests: { memoryMb: 64, cpus: 0.01 }, graceSeconds: 30 };
const PROFILES = {
  default: { ...pod, warm: { min: 1, max: 1 } },
  cold: { ...pod, labels: ['cold'] },
};

interface Runner {
  sessions: number;
  state: string;
  labels: string[];
  warm: { spares: number } | null;
}

export const kubernetes: Measure = async ({ report, progress, count }) => {
  const cluster = await startTestCluster((text) => progress(text));
  Object.assign(process.env, cluster.env);
  const image = process.env.RIGGER_TEST_KUBERNETES_IMAGE ?? '';
  const world = await KubernetesWorld.start(image, PROFILES, { RIGGER_KUBERNETES_CREATING: String(AT_ONCE) });
  const spareWaits = () =>
    until('a pod with an agent that waits', async () => {
      const { runners } = (await world.call('GET', '/api/runners')).body as { runners: Runner[] };
      const ready = runners.filter(
        (one) => one.state === 'ready' && one.sessions === 0 && one.labels.includes('pod:default'),
      );
      return ready.some((one) => one.warm?.spares === 1) ? true : undefined;
    });
  const end = (id: string) => world.call('DELETE', `/api/sessions/${id}`);
  try {
    const warm: number[] = [];
    // The first session teaches what is to wait; the others find it.
    await session(world, config).then(({ id }) => end(id));
    for (let run = 0; run < count(20, 4); run += 1) {
      progress(`a pod that waits ${run + 1}`);
      await spareWaits();
      const { id, ms } = await session(world, config);
      warm.push(ms);
      await end(id);
    }
    reportSeries(
      report,
      'a pod that waits: create + message → first piece',
      { rigger: warm, bare: null },
      [50, 95],
      (p) => (p === 50 ? { limit: WARM_P50_MS, wanted: 'at most', from: 'the issue' } : null),
    );

    const cold = { rigger: [] as number[], bare: [] as number[] };
    for (let run = 0; run < count(6, 2); run += 1) {
      progress(`a pod that does not ${run + 1}`);
      cold.bare.push(await bareRun(image, run));
      const { id, ms } = await session(world, { ...config, runnerLabels: ['cold'] });
      cold.rigger.push(ms);
      await end(id);
    }
    reportSeries(
      report,
      'no pod waits: create + message → first piece; bare: kubectl run → its first line',
      cold,
      [50],
    );

    progress(`${AT_ONCE} at once`);
    const began = performance.now();
    const many = await Promise.all(
      Array.from({ length: AT_ONCE }, () => session(world, { ...config, runnerLabels: ['cold'] })),
    );
    const all = performance.now() - began;
    const series = { rigger: many.map(({ ms }) => ms), bare: null };
    reportSeries(report, `${AT_ONCE} sessions at once, no pod waits: first piece`, series, [50, 95]);
    report({
      name: `${AT_ONCE} sessions at once: all answered`,
      rigger: all,
      bare: null,
      unit: 'ms',
      count: AT_ONCE,
      target: null,
    });
    await Promise.all(many.map(({ id }) => end(id)));

    const recovered: number[] = [];
    for (let run = 0; run < count(5, 2); run += 1) {
      progress(`a pod killed in the middle of a turn ${run + 1}`);
      await spareWaits();
      recovered.push(await recovery(world));
    }
    reportSeries(
      report,
      'kubectl delete pod --force in the middle of a turn → it goes on',
      { rigger: recovered, bare: null },
      [50, 95],
    );

    progress('servers replaced under turns');
    const turns = 5;
    const running = await Promise.all(
      Array.from({ length: turns }, async () => {
        const { id } = await world.create({ pattern: 'hybrid', config });
        const turn = await world.post(id, script(waits(9_000), { text: 'Nobody noticed.' }));
        await world.event(id, 'the turn', ({ type }) => type === 'turn.started');
        return { id, turn };
      }),
    );
    await kubectl('-n', 'rigger', 'rollout', 'restart', 'deployment/rigger');
    let lost = 0;
    for (const { id, turn } of running) {
      const { status } = await world.turn(id, turn);
      const again = (await world.events(id)).some(({ type }) => type === 'turn.resumed');
      if (status !== 'succeeded' || again) lost += 1;
      await end(id);
    }
    const target = { limit: 0, wanted: 'at most' as const, from: 'the issue' };
    report({
      name: 'turns lost or begun again by replacing the servers',
      rigger: lost,
      bare: null,
      unit: `of ${turns}`,
      count: turns,
      target,
    });
  } finally {
    await world.stop();
    await cluster.stop();
  }
};

/** A new session and its first message: milliseconds from the request to the first piece of its answer. Resolves once it is answered. */
async function session(world: KubernetesWorld, options: object): Promise<{ id: string; ms: number }> {
  const began = performance.now();
  const { id } = await world.create({ pattern: 'hybrid', config: options });
  const answer = await fetch(`${world.url}/api/sessions/${id}/message`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}` },
    body: JSON.stringify({ prompt: PROMPT, streaming: true }),
  });
  let ms = Number.NaN;
  let seen = '';
  for await (const piece of answer.body!.pipeThrough(new TextDecoderStream())) {
    seen += piece;
    if (Number.isNaN(ms) && seen.includes('"content_block_delta"')) ms = performance.now() - began;
  }
  if (Number.isNaN(ms)) throw new Error(`No answer: ${seen.slice(-500)}`);
  return { id, ms };
}

/** `kubectl run` of the same image, until what it says can be read. */
async function bareRun(image: string, run: number): Promise<number> {
  const name = `bare-${run}`;
  const began = performance.now();
  await kubectl(
    '-n',
    'default',
    'run',
    name,
    `--image=${image}`,
    '--restart=Never',
    '--command',
    '--',
    'node',
    '-e',
    'console.log("hello")',
  );
  await until('its words', async () =>
    (await kubectl('-n', 'default', 'logs', name)).includes('hello') ? true : undefined,
  );
  const ms = performance.now() - began;
  await kubectl('-n', 'default', 'delete', 'pod', name, '--grace-period=0', '--force');
  return ms;
}

/** Milliseconds from the order to remove a working session's pod until its turn runs in another. */
async function recovery(world: KubernetesWorld): Promise<number> {
  const { id } = await world.create({ pattern: 'hybrid', config });
  const turn = await world.post(id, script(waits(2_000), { text: 'Done.' }));
  await world.event(id, 'a tool at work', ({ data }) => JSON.stringify(data).includes('"tool_use"'));
  const [first] = [await world.podOf(id)];
  const began = performance.now();
  await kubectl('-n', SESSIONS, 'delete', 'pod', first, '--grace-period=0', '--force');
  await world.event(id, 'the turn again', ({ type, data }) => type === 'turn.started' && data.attempt > 1);
  const ms = performance.now() - began;
  const { status } = await world.turn(id, turn);
  if (status !== 'succeeded') throw new Error(`The turn ended as ${status}`);
  await world.call('DELETE', `/api/sessions/${id}`);
  await until('the end of its pod', async () =>
    (await podsOf(SESSIONS)).some(({ name }) => name === first) ? undefined : true,
  );
  return ms;
}
