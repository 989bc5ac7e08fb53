/**
 * Measures what each session's processes use, now and then. One look through /proc serves all sessions, and the pause after a look is a
 * hundred times as long as it took at least: however many sessions there are, it takes no more than a hundredth of a processor.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import type { SessionUsage } from '../protocol/index.ts';
import { memoryOf, Processes } from './processes.ts';

/** What is measured: a session, by whatever object stands for it. */
export interface Subject {
  readonly session: string;
  /** Host pids below which its processes are, and those among them that are not its own; null while it has none. */
  processTree(): { roots: number[]; keepers: number[] } | null;
  /** Told what was found: its usage, and the memory of each process with its parent. */
  measured?(usage: SessionUsage, processes: Map<number, { parent: number; memoryBytes: number }>): void;
}

/** Of a process that is gone, what it and those below it had used when they were last looked at stays counted. */
interface Counted {
  gone: number;
  roots: Map<string, number>;
  /** A sum never goes down: what ended unseen by its parent would take its time with it. */
  most: number;
}

export interface SamplerOptions {
  subjects(): Iterable<Subject>;
  /** The least pause between two looks, in milliseconds. */
  everyMs: number;
  onFault(error: unknown): void;
}

const SHARE = 100;

export class Sampler {
  readonly #options: SamplerOptions;
  readonly #counted = new WeakMap<Subject, Counted>();
  #timer: NodeJS.Timeout | null = null;
  #fresh: Record<string, SessionUsage> | null = null;

  constructor(options: SamplerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#again(this.#options.everyMs);
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** What was measured since this was last asked; undefined for nothing. */
  take(): Record<string, SessionUsage> | undefined {
    const fresh = this.#fresh;
    this.#fresh = null;
    return fresh ?? undefined;
  }

  #again(ms: number): void {
    this.#timer = setTimeout(() => {
      this.sample()
        .catch((error: unknown) => {
          this.#options.onFault(error);
          return this.#options.everyMs;
        })
        .then((tookMs) => {
          if (this.#timer !== null) this.#again(Math.max(this.#options.everyMs, tookMs * SHARE));
        });
    }, ms).unref();
  }

  /** Looks at all subjects. @returns the milliseconds of processor time that it took. */
  async sample(): Promise<number> {
    const subjects = [...this.#options.subjects()].flatMap((subject) => {
      const tree = subject.processTree();
      return tree === null ? [] : [{ subject, tree }];
    });
    let spent = 0;
    let since = performance.now();
    /** Others have the loop; what they do with it is not counted. */
    const pause = async (): Promise<void> => {
      spent += performance.now() - since;
      await breathe();
      since = performance.now();
    };
    const usages: Record<string, SessionUsage> = {};
    if (subjects.length > 0) {
      const processes = await Processes.look(pause);
      for (const { subject, tree } of subjects) {
        usages[subject.session] = this.#measure(subject, tree, processes);
        await pause();
      }
    }
    spent += performance.now() - since;
    this.#fresh = usages;
    return spent;
  }

  #measure(subject: Subject, { roots, keepers }: { roots: number[]; keepers: number[] }, all: Processes): SessionUsage {
    const own = all.below(roots).filter((pid) => !keepers.includes(pid));
    const found = new Map(
      own.map((pid) => [pid, { parent: all.rows.get(pid)!.parent, memoryBytes: memoryOf(pid) }] as const),
    );
    const usage = {
      memoryBytes: [...found.values()].reduce((sum, { memoryBytes }) => sum + memoryBytes, 0),
      cpuMs: this.#cpuOf(subject, roots, all),
      processes: own.length,
    };
    subject.measured?.(usage, found);
    return usage;
  }

  #cpuOf(subject: Subject, roots: number[], all: Processes): number {
    const before = this.#counted.get(subject) ?? { gone: 0, roots: new Map<string, number>(), most: 0 };
    const now = new Map<string, number>();
    for (const root of roots) {
      const row = all.rows.get(root);
      if (row === undefined) continue;
      const used = all.below([root]).reduce((sum, pid) => sum + (all.rows.get(pid)?.cpuMs ?? 0), 0);
      now.set(`${root}/${row.began}`, used);
    }
    let gone = before.gone;
    for (const [root, used] of before.roots) if (!now.has(root)) gone += used;
    const most = Math.max(before.most, gone + [...now.values()].reduce((sum, used) => sum + used, 0));
    this.#counted.set(subject, { gone, roots: now, most });
    return most;
  }
}
