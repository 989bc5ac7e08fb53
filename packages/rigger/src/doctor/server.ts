/** What the server says of itself, and what can be seen of it from here. */
import { type Readiness, Rigger, RiggerApiError, type Runner } from '@rigger/client';
import type { Chosen } from '../connect/choose.ts';
import { failureOf } from '../terminal/failure.ts';
import { VERSION } from '../version.ts';
import { bad, type Finding, good, warning } from './finding.ts';

const PATIENCE_MS = 10_000;
/** Tokens and signatures of other systems allow for so much; Rigger itself for more. */
const SKEW_MS = 5_000;

/** Findings of a server, as they come; one of that it cannot be reached, and then none. */
export async function* server(chosen: Chosen): AsyncGenerator<Finding> {
  const { url, apiKey, from } = chosen;
  const rigger = new Rigger({ baseUrl: url, ...(apiKey === undefined ? {} : { apiKey }), retryForMs: 0 });
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const began = Date.now();
  let answer: Response;
  try {
    answer = await fetch(`${url}/healthz`, { signal });
  } catch {
    yield bad(
      'server',
      `${url} (${from}) cannot be reached`,
      'Start one with “rigger serve”, or name yours with --server, --context or RIGGER_URL.',
    );
    return;
  }
  const health = (await answer.json().catch(() => ({}))) as { status?: string; version?: string };
  if (health.status !== 'ok') {
    yield bad(
      'server',
      `${url} (${from}) answers ${answer.status}, and not as a Rigger server does`,
      'Check the address.',
    );
    return;
  }
  yield health.version === VERSION
    ? good('server', `${url} (${from}), version ${health.version}`)
    : warning(
        'server',
        `${url} (${from}) has version ${health.version}, this command ${VERSION}`,
        'Use the same version of both.',
      );
  yield clock(answer.headers.get('date'), began, Date.now());
  try {
    const state = await rigger.readiness({ signal });
    yield* parts(state);
    yield* (await rigger.runners.list({ signal })).filter(isNotWell).map(runner);
  } catch (error) {
    const isKey = error instanceof RiggerApiError && error.status === 401;
    yield bad(
      'access',
      failureOf(error).line,
      isKey ? 'Set RIGGER_API_KEY, or add the key: rigger context add NAME URL --key' : 'See the log of the server.',
    );
  }
}

function clock(date: string | null, began: number, ended: number): Finding {
  if (date === null) return good('clock', 'the server does not tell its time');
  // Dates of HTTP have whole seconds, cut off.
  const skew = Date.parse(date) + 500 - (began + ended) / 2;
  const says = `${Math.abs(skew / 1_000).toFixed(1)} s ${skew < 0 ? 'behind' : 'ahead of'} this machine`;
  return Math.abs(skew) > SKEW_MS
    ? warning('clock', `the server is ${says}`, 'Have both clocks set by NTP.')
    : good('clock', 'agrees with this machine');
}

const MEND = {
  database: 'Check DATABASE_URL, and that PostgreSQL runs; with the embedded one, postgres.log in the data folder.',
  runner: 'See runner.log in the data folder, or start one: rigger runner --server URL --token …',
  upstream: 'Set ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL or RIGGER_UPSTREAMS where the server is started.',
};

function* parts(state: Readiness): Generator<Finding> {
  for (const name of ['database', 'runner', 'upstream'] as const) {
    const { ok, detail } = state[name];
    const isOffline = name === 'upstream' && detail.includes('offline model');
    if (!ok) yield bad(name, detail, MEND[name]);
    else if (isOffline) yield warning(name, detail, MEND.upstream);
    else yield good(name, detail);
  }
}

const isNotWell = (one: Runner): boolean =>
  one.state !== 'ready' || one.isolation === 'none' || one.sessions >= one.capacity;

function runner(one: Runner): Finding {
  const name = `runner ${one.id}`;
  if (one.state === 'disconnected' || one.state === 'lost')
    return warning(
      name,
      `is ${one.state}`,
      'See its log; sessions of a lost one go on elsewhere, and it is forgotten in time.',
    );
  if (one.state === 'draining')
    return warning(name, 'is being emptied', `Take it back with: rigger runner drain ${one.id} --undo`);
  if (one.isolation === 'none')
    return warning(name, 'isolates nothing: agents can do whatever its user can', 'Install bubblewrap where it runs.');
  return warning(
    name,
    `is full: ${one.sessions} of ${one.capacity} sessions`,
    'Start another runner, or raise RIGGER_RUNNER_CAPACITY.',
  );
}
