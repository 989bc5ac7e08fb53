/** The result of a run, as a table and as JSON. */
import type { Ledger } from './ledger.ts';

export interface Injected {
  kind: string;
  whom: string;
  /** Milliseconds since the run began. */
  at: number;
  /** Until every turn had ended that was acknowledged and pending when it came, and one had succeeded since. */
  recoveryMs: number | null;
  drainMs: number | null;
}

export interface Result {
  mode: 'servers' | 'embedded';
  seed: number;
  about: Record<string, string | number>;
  faults: Injected[];
  ledger: Ledger;
  seconds: number;
  /** Messages that the servers logged as errors, by process. */
  errors: Record<string, Record<string, number>>;
}

export const RECOVERY =
  'recovery of a fault: from its injection until every turn that was acknowledged and pending then has ended, and a turn has succeeded since';

const median = (values: number[]): number | null => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length === 0 ? null : sorted[Math.floor((sorted.length - 1) / 2)]!;
};
const seconds = (ms: number | null): string => (ms === null ? '–' : `${(ms / 1_000).toFixed(1)} s`);

export function countBy<T>(list: readonly T[], name: (one: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const one of list) counts[name(one)] = (counts[name(one)] ?? 0) + 1;
  return Object.fromEntries(Object.entries(counts).sort(([, a], [, b]) => b - a));
}

/** The figures, flat. */
export function figuresOf({ faults, ledger, seconds: took }: Result) {
  const { messages, acknowledged, tally, violations } = ledger;
  const count = (check: string) => violations.filter((one) => one.check === check).length;
  const recoveries = faults.flatMap(({ recoveryMs }) => (recoveryMs === null ? [] : [recoveryMs]));
  const drains = faults.flatMap(({ drainMs }) => (drainMs === null ? [] : [drainMs]));
  return {
    faults: countBy(faults, ({ kind }) => kind),
    sessions: ledger.sessions.size,
    deleted: tally.deleted,
    messages: messages.length,
    acknowledged: acknowledged.length,
    refused: countBy(
      messages.filter((one) => one.refused !== null),
      (one) => one.refused!,
    ),
    retried: tally.retried,
    repeats: tally.repeats,
    otherBodies: tally.otherBodies,
    lost: count('lost message') + count('lost session'),
    duplicated: count('duplicate'),
    streams: tally.streams,
    connects: tally.connects,
    events: tally.events,
    streamFaults: count('stream') + count('log'),
    turns: countBy(acknowledged, (one) => one.outcome ?? 'no end'),
    finishedPerMinute: (acknowledged.filter((one) => one.endedAt !== null).length / took) * 60,
    recoveryMedianMs: median(recoveries),
    recoveryLongestMs: recoveries.length === 0 ? null : Math.max(...recoveries),
    recovered: recoveries.length,
    slowestDrainMs: drains.length === 0 ? null : Math.max(...drains),
  };
}

const inWords = (counts: Record<string, number>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ') || 'none';

export function asTable(result: Result): string {
  const figures = figuresOf(result);
  const faults = result.faults.length;
  const rows: [string, string][] = [
    ['faults injected', String(faults)],
    ...Object.entries(figures.faults).map(([kind, count]): [string, string] => [`  ${kind}`, String(count)]),
    ['sessions', `${figures.sessions}, ${figures.deleted} deleted again`],
    ['messages', `${figures.messages}, ${figures.acknowledged} acknowledged, ${figures.retried} of them after retries`],
    ['  refused', inWords(figures.refused)],
    ['  lost', String(figures.lost)],
    ['  duplicated', String(figures.duplicated)],
    ['  sent again after acknowledgement', `${figures.repeats}, and ${figures.otherBodies} with another body`],
    ['streams followed', `${figures.streams}, connected ${figures.connects} times`],
    ['  events seen', String(figures.events)],
    ['  gaps, repetitions, differences', String(figures.streamFaults)],
    ['turns by outcome', inWords(figures.turns)],
    ['  finished per minute', figures.finishedPerMinute.toFixed(1)],
    ['recovery, median', seconds(figures.recoveryMedianMs)],
    ['  longest', `${seconds(figures.recoveryLongestMs)} (${figures.recovered} of ${faults} faults recovered from)`],
    ['slowest drain', seconds(figures.slowestDrainMs)],
    ['violations', String(result.ledger.violations.length)],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, value]) => `| ${name.padEnd(width)} | ${value}`);
  return `${RECOVERY}\n\n${lines.join('\n')}`;
}

export const asJson = (result: Result): string =>
  `${JSON.stringify(
    {
      mode: result.mode,
      seed: result.seed,
      seconds: result.seconds,
      about: result.about,
      figures: figuresOf(result),
      faults: result.faults,
      violations: result.ledger.violations,
      errors: result.errors,
      messages: [...result.ledger.sessions.values()].flatMap(({ id, pattern, messages }) =>
        messages.map((message) => ({ session: id, pattern, ...message })),
      ),
    },
    null,
    2,
  )}\n`;
