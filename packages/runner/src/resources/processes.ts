/** What /proc says of all processes, gathered in one pass: who descends from whom, and what each has used. */
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessRow {
  parent: number;
  /** When it began, in the kernel's ticks: what tells a pid from the same pid used again. */
  began: string;
  /** Processor time in milliseconds, with that of its children that have ended and were waited for. */
  cpuMs: number;
}

/** The kernel counts for programs in hundredths of a second, whatever its own clock. */
const MS_PER_TICK = 10;

function read(path: string): string | null {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return null; // it has ended, or is not ours to look at
  }
}

function readRow(path: string): ProcessRow | null {
  const stat = read(path);
  if (stat === null) return null;
  // The program's name may hold spaces and brackets: what follows its last bracket is numbers.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = [11, 12, 13, 14].reduce((sum, field) => sum + Number(fields[field]), 0);
  return { parent: Number(fields[1]), began: fields[19] ?? '', cpuMs: ticks * MS_PER_TICK };
}

/** So many are read before others have the loop. */
const PORTION = 100;

export class Processes {
  readonly rows: ReadonlyMap<number, ProcessRow>;
  readonly #children = new Map<number, number[]>();

  constructor(rows: ReadonlyMap<number, ProcessRow>) {
    this.rows = rows;
    for (const [pid, { parent }] of rows) {
      const siblings = this.#children.get(parent);
      if (siblings === undefined) this.#children.set(parent, [pid]);
      else siblings.push(pid);
    }
  }

  /** @param pause called now and then, and waited for: there may be thousands. @param proc where /proc is. */
  static async look(pause: () => Promise<void> = async () => {}, proc = '/proc'): Promise<Processes> {
    const rows = new Map<number, ProcessRow>();
    for (const [n, name] of readdirSync(proc).entries()) {
      if (n % PORTION === PORTION - 1) await pause();
      const row = /^\d+$/.test(name) ? readRow(`${proc}/${name}/stat`) : null;
      if (row !== null) rows.set(Number(name), row);
    }
    return new Processes(rows);
  }

  /** These processes and all below them, as far as there are any. */
  below(roots: readonly number[]): number[] {
    const found = new Set<number>();
    const queue = roots.filter((pid) => this.rows.has(pid));
    for (let pid = queue.pop(); pid !== undefined; pid = queue.pop()) {
      if (found.has(pid)) continue;
      found.add(pid);
      queue.push(...(this.#children.get(pid) ?? []));
    }
    return [...found];
  }
}

const PAGE_BYTES = 4096;

/**
 * A process's memory: its own pages, and of those it shares its part. Where that may not be read, the pages that no file stands behind.
 * Zero for one that has ended.
 */
export function memoryOf(pid: number, proc = '/proc'): number {
  const rollup = read(`${proc}/${pid}/smaps_rollup`);
  const pss = rollup === null ? null : /^Pss:\s+(\d+) kB/m.exec(rollup);
  if (pss != null) return Number(pss[1]) * 1024;
  const [, resident, shared] = read(`${proc}/${pid}/statm`)?.split(' ').map(Number) ?? [];
  return Math.max(0, (resident ?? 0) - (shared ?? 0)) * PAGE_BYTES;
}
