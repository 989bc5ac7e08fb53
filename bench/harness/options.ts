import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export interface BenchOptions {
  only: string[] | null;
  quick: boolean;
  json: string | null;
  databaseUrl: string | null;
  /** The checkout whose server is measured. */
  checkout: string;
  isolation: string;
}

export const USAGE = `npm run bench [-- options]
  --only name,…        these measures only
  --quick              fewer observations: for a look, not for a claim
  --json FILE          where the figures are written (bench/results/<date>.json)
  --database-url URL   an existing PostgreSQL; a database is made on it and dropped afterwards (the embedded one)
  --isolation NAME     auto, bubblewrap or none (auto)
  --checkout DIR       measure the server of another checkout (this one)
`;

/** @throws TypeError for an option that is not known. */
export function readOptions(args: string[]): BenchOptions & { help: boolean } {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      'database-url': { type: 'string' },
      isolation: { type: 'string', default: 'auto' },
      checkout: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  return {
    only: values.only?.split(',').map((name) => name.trim()) ?? null,
    quick: values.quick,
    json: values.json ?? null,
    databaseUrl: values['database-url'] ?? null,
    checkout: resolve(values.checkout ?? `${import.meta.dirname}/../..`),
    isolation: values.isolation,
    help: values.help,
  };
}
