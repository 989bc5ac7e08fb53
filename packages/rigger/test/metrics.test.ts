/** What a server tells Prometheus, and the files that read it. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bash, type Rigger, script, startRigger } from './harness.ts';

let rigger: Rigger;
beforeAll(async () => {
  rigger = await startRigger();
});
afterAll(() => rigger.stop());

const page = async (): Promise<string> => (await fetch(new URL('/metrics', rigger.url))).text();
const numberOf = (text: string, series: string): number => {
  const line = text.split('\n').find((one) => one.startsWith(`${series} `));
  return line === undefined ? Number.NaN : Number(line.slice(series.length + 1));
};

test('sessions, turns, model calls and money are counted as they happen', async () => {
  const session = await rigger.create({ pattern: 'hybrid', config: { allowedTools: ['Bash'] } });
  const answer = await rigger.say(session.id, script(bash('echo hello'), { text: 'done' }));
  expect(answer.turn.status).toBe('succeeded');
  await rigger.say(session.id, script({ text: 'again' }));
  const text = await page();
  expect(numberOf(text, 'rigger_sessions_created_total{pattern="hybrid"}')).toBe(1);
  expect(numberOf(text, 'rigger_turns_finished_total{pattern="hybrid",status="succeeded"}')).toBe(2);
  expect(numberOf(text, 'rigger_turn_duration_seconds_count{pattern="hybrid"}')).toBe(2);
  const calls = await rigger.sql<{ cost: string }>("SELECT cost FROM model_calls WHERE outcome = 'done'");
  const upstream = /rigger_model_calls_total\{upstream="([^"]+)",outcome="done"\}/.exec(text)?.[1];
  expect(numberOf(text, `rigger_model_calls_total{upstream="${upstream}",outcome="done"}`)).toBe(calls.length);
  expect(numberOf(text, `rigger_model_cost_usd_total{upstream="${upstream}"}`)).toBeCloseTo(
    calls.reduce((sum, call) => sum + Number(call.cost), 0),
    9,
  );
  expect(numberOf(text, 'rigger_sessions{pattern="hybrid",status="idle"}')).toBe(1);
  expect(numberOf(text, 'rigger_runners{state="ready"}')).toBe(1);
  expect(numberOf(text, 'rigger_runner_capacity')).toBe(64);
  expect(numberOf(text, 'rigger_turns_queued')).toBe(0);
  expect(numberOf(text, 'rigger_database_statement_seconds_count{outcome="done"}')).toBeGreaterThan(10);
  expect(numberOf(text, 'rigger_sweep_duration_seconds_count')).toBeGreaterThan(0);
});

test('no label names a session, a user, a key or an address that was made up', async () => {
  const session = await rigger.create({
    pattern: 'hybrid',
    config: {},
    userId: 'somebody-special',
    tags: ['rare-tag'],
  });
  await rigger.call('GET', `/api/sessions/${session.id}`);
  await rigger.call('GET', '/api/never/heard/of');
  const text = await page();
  for (const secret of [session.id, 'somebody-special', 'rare-tag', 'never/heard']) expect(text).not.toContain(secret);
  expect(
    numberOf(text, 'rigger_http_request_duration_seconds_count{method="GET",route="/api/sessions/:id",status="2xx"}'),
  ).toBe(1);
});

test('the dashboard and the alert rules ask for metrics that there are', async () => {
  const text = await page();
  const known = new Set(
    [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name, type]) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name!],
    ),
  );
  for (const file of ['grafana-dashboard.json', 'alerts.yml']) {
    const asked = readFileSync(new URL(`../../../deploy/observability/${file}`, import.meta.url), 'utf8');
    const names = new Set([...asked.matchAll(/\b(?:rigger|nodejs|process)_[a-z0-9_]+\b/g)].map(([name]) => name));
    expect(names.size).toBeGreaterThan(5);
    expect(
      [...names].filter((name) => !known.has(name)),
      file,
    ).toEqual([]);
  }
});

const FOLDER = fileURLToPath(new URL('../../../deploy/observability/', import.meta.url));

test.skipIf(!hasPromtool())(
  'Prometheus’ own tool finds no fault with the page and the rules, and the rules fire when they should',
  async () => {
    execFileSync('promtool', ['check', 'metrics'], { input: await page() });
    execFileSync('promtool', ['check', 'rules', `${FOLDER}alerts.yml`]);
    execFileSync('promtool', ['test', 'rules', `${FOLDER}alerts.test.yml`]);
  },
);

function hasPromtool(): boolean {
  try {
    execFileSync('promtool', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
