/** A short run of each mode; `npm run chaos` makes long ones. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { planFaults } from './plan.ts';
import { makeRandom } from './random.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const PATIENCE_MS = 300_000;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rigger-test-chaos-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Outcome {
  code: number | null;
  said: string;
  /** Of `--json`. */
  figures: { acknowledged: number; lost: number; duplicated: number; recovered: number; turns: Record<string, number> };
  faults: unknown[];
}

async function chaos(...args: string[]): Promise<Outcome> {
  const json = join(folder, `${args.join('')}.json`);
  const child = spawn(process.execPath, [MAIN, ...args, '--json', json], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (piece) => {
      said += String(piece);
    });
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`chaos ended with ${code}:\n${said}`);
  return { code, said, ...JSON.parse(readFileSync(json, 'utf8')) };
}

test(
  'two servers and two runners lose nothing that was acknowledged, whatever happens to them',
  async () => {
    const { code, figures, faults, said } = await chaos('--seed', '1', '--minutes', '0.7');
    expect(code).toBe(0);
    expect(figures, said).toMatchObject({ lost: 0, duplicated: 0 });
    expect(figures.acknowledged).toBeGreaterThanOrEqual(15);
    expect(figures.turns.succeeded).toBeGreaterThanOrEqual(8);
    expect(faults.length).toBeGreaterThanOrEqual(3);
    expect(figures.recovered).toBe(faults.length);
  },
  PATIENCE_MS,
);

test(
  'an embedded database that is killed with everything around it comes back with all that was acknowledged',
  async () => {
    const { code, figures, faults, said } = await chaos('--embedded', '--seed', '1', '--times', '3');
    expect(code).toBe(0);
    expect(figures, said).toMatchObject({ lost: 0, duplicated: 0, recovered: 3 });
    expect(figures.acknowledged).toBeGreaterThanOrEqual(8);
    expect(faults).toHaveLength(3);
    expect(said).toContain('a second server on the same folder ended with 1: it said why');
  },
  PATIENCE_MS,
);

test('the plan of faults is the same for the same seed and another for another', () => {
  const plan = (seed: string) => planFaults(makeRandom(seed), ['server killed', 'disk full', 'database killed'], 30);
  expect(plan('7')).toEqual(plan('7'));
  expect(plan('7')).not.toEqual(plan('8'));
});
