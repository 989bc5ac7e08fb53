import { parseArgs } from 'node:util';

export interface ChaosOptions {
  help: boolean;
  seed: number;
  minutes: number;
  servers: number;
  runners: number;
  /** Sessions that clients keep going at once. */
  clients: number;
  postgres: 'machine' | 'embedded' | null;
  isolation: string;
  json: string | null;
  logs: string | null;
  embedded: boolean;
  times: number;
}

export const USAGE = `npm run chaos [-- options]
  Servers, runners and a PostgreSQL, all real, are killed, stopped, cut off and starved while clients use them; afterwards
  it is checked that nothing acknowledged was lost or done twice. Linux only: it looks at processes through /proc.

  --seed N             which faults in which order, and what clients do (1)
  --minutes M          how long faults are injected (2)
  --servers N          replicas over the one database (2)
  --runners N          (2)
  --clients N          sessions at once (6)
  --postgres NAME      machine (its newest installed one) or embedded (the npm binaries); machine if there is one
  --isolation NAME     auto, bubblewrap or none (auto)

  --embedded           the other mode: one server with its embedded database and local runner, all of which are killed
  --times N            how often (20)

  --json FILE          the figures and violations as JSON
  --logs DIR           keep the logs of every process there
  --help
`;

/** @throws TypeError for an option that is not known, Error for a value that cannot be used. */
export function readOptions(args: string[]): ChaosOptions {
  const { values } = parseArgs({
    args,
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      seed: { type: 'string', default: '1' },
      minutes: { type: 'string', default: '2' },
      servers: { type: 'string', default: '2' },
      runners: { type: 'string', default: '2' },
      clients: { type: 'string', default: '6' },
      postgres: { type: 'string' },
      isolation: { type: 'string', default: 'auto' },
      json: { type: 'string' },
      logs: { type: 'string' },
      embedded: { type: 'boolean', default: false },
      times: { type: 'string', default: '20' },
    },
  });
  const number = (name: string, text: string, least: number): number => {
    const value = Number(text);
    if (!Number.isFinite(value) || value < least) throw new Error(`--${name} must be a number of at least ${least}.`);
    return value;
  };
  const count = (name: string, text: string): number => {
    const value = number(name, text, 1);
    if (!Number.isInteger(value)) throw new Error(`--${name} must be a whole number.`);
    return value;
  };
  if (values.postgres !== undefined && values.postgres !== 'machine' && values.postgres !== 'embedded')
    throw new Error('--postgres is machine or embedded.');
  return {
    help: values.help,
    seed: number('seed', values.seed, 0),
    minutes: number('minutes', values.minutes, 0.1),
    servers: count('servers', values.servers),
    runners: count('runners', values.runners),
    clients: count('clients', values.clients),
    postgres: values.postgres ?? null,
    isolation: values.isolation,
    json: values.json ?? null,
    logs: values.logs ?? null,
    embedded: values.embedded,
    times: count('times', values.times),
  };
}
