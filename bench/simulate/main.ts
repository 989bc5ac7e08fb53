/**
 * `npm run simulate`: a day of sessions against policies for pods that wait, by the very code that runs: `decide` says what is made and what
 * ends, `warmTarget` how many are to wait. Time, sessions and the cluster are simulated; nothing is started.
 *
 *   npm run simulate -- --sessions 100000 --cold 15 --seed 1
 */
import { parseArgs } from 'node:util';
import { makeDay } from './day.ts';
import { type Outcome, type Policy, simulate } from './world.ts';

const { values } = parseArgs({
  options: {
    sessions: { type: 'string', default: '100000' },
    cold: { type: 'string', default: '15' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});
const sessions = Number(values.sessions);
const coldMs = Number(values.cold) * 1_000;

const warm = (min: number, max: number, refillMs = coldMs) => ({ min, max, refillMs, maxAgeMs: 3_600_000 });
const POLICIES: Policy[] = [
  { name: 'none wait', warm: warm(0, 0), creating: 40 },
  { name: 'always 50', warm: warm(50, 50), creating: 40 },
  { name: 'by demand, 5 to 100', warm: warm(5, 100), creating: 40 },
  { name: 'the same, 200 at a time', warm: warm(5, 100), creating: 200 },
  { name: 'by demand for twice the time', warm: warm(5, 200, 2 * coldMs), creating: 200 },
];

const day = makeDay(sessions, Number(values.seed));
const peak = Math.max(...day.perMinute);
if (!values.json) {
  console.log(
    `${day.sessions.length} sessions in a day, at most ${peak} in a minute; a pod takes about ${coldMs / 1000} s to come up.\n`,
  );
  console.log('| policy | found a pod | waited p50 | p95 | p99 | longest | pod-hours | of them waiting | most pods |');
  console.log('|---|---|---|---|---|---|---|---|---|');
}
const row = (one: Outcome): string =>
  `| ${one.policy} | ${(one.hits * 100).toFixed(1)} % | ${one.p50.toFixed(1)} s | ${one.p95.toFixed(1)} s | ${one.p99.toFixed(1)} s | ${one.longest.toFixed(0)} s | ${Math.round(one.podHours)} | ${Math.round(one.idleHours)} | ${one.most} |`;
// A day takes a while: each policy is told of when it is through.
for (const policy of POLICIES) {
  const outcome = simulate(day, policy, coldMs, Number(values.seed));
  console.log(values.json ? JSON.stringify(outcome) : row(outcome));
}
