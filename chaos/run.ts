/** What both modes have in common: a folder, a clock, words for whoever watches, and an end that leaves nothing behind. */
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Ledger } from './ledger.ts';
import type { ChaosOptions } from './options.ts';
import { processesOf } from './processes.ts';
import type { Injected } from './report.ts';

/** How long turns that are under way may take once nothing is injected any more. */
export const DRAIN_PATIENCE_MS = 90_000;
/** After each fault a turn must succeed within this. */
export const RECOVERY_LIMIT_MS = 45_000;
/** Less would mean that the run showed nothing. Where everything is killed every few seconds, less is enough. */
const LEAST_TURNS_PER_MINUTE = { servers: 10, embedded: 4 };
const LEAST_SUCCEEDED = 0.5;
const PROGRESS_MS = 5_000;
const GONE_PATIENCE_MS = 10_000;

export class Run {
  readonly options: ChaosOptions;
  readonly folder: string;
  readonly logs: string;
  readonly ledger: Ledger;
  readonly faults: Injected[] = [];
  /** Undone in reverse order, whatever happens. */
  readonly undo: (() => unknown)[] = [];
  /** Aborts when somebody wants the run to end. */
  readonly interrupted: AbortSignal;
  #began = performance.now();
  #progress: NodeJS.Timeout | null = null;

  constructor(options: ChaosOptions, interrupted: AbortSignal) {
    this.options = options;
    this.interrupted = interrupted;
    this.folder = mkdtempSync(join(tmpdir(), 'rigger-chaos-'));
    // As root, the database runs as another user, who must be able to get here.
    chmodSync(this.folder, 0o755);
    this.logs = join(this.folder, 'logs');
    mkdirSync(this.logs);
    this.ledger = new Ledger(({ check, what }) => this.say(`VIOLATION ${check}: ${what}`));
  }

  get elapsedMs(): number {
    return performance.now() - this.#began;
  }

  say(text: string): void {
    process.stderr.write(`${clock(this.elapsedMs)}  ${text}\n`);
  }

  /** The clock starts here: what went before was starting up. */
  begin(): void {
    this.#began = performance.now();
    this.#progress = setInterval(() => this.#tellProgress(), PROGRESS_MS);
    this.undo.push(() => clearInterval(this.#progress ?? undefined));
  }

  #tellProgress(): void {
    const { sessions, acknowledged, pending, violations, messages } = this.ledger;
    const open = [...sessions.values()].filter((session) => session.state === 'open').length;
    const waiting = messages.filter((one) => one.acknowledgedAt === null && one.refused === null).length;
    const ended = acknowledged.filter((one) => one.endedAt !== null);
    const well = ended.filter((one) => one.outcome === 'succeeded').length;
    this.say(
      `sessions ${open} open of ${sessions.size}; messages ${acknowledged.length} acknowledged, ${waiting} not yet; ` +
        `turns ${ended.length} ended, ${well} of them well, ${pending.length} pending; faults ${this.faults.length}; violations ${violations.length}`,
    );
  }

  /** Notes a fault and finds out when it has been recovered from, without keeping anybody waiting. */
  note(kind: string): Injected {
    const injected: Injected = { kind, whom: '', at: Math.round(this.elapsedMs), recoveryMs: null, drainMs: null };
    this.faults.push(injected);
    const since = Date.now();
    const pending = this.ledger.pending;
    const timer = setInterval(() => {
      const well = this.succeededSince(since);
      if (well === null || pending.some((one) => one.endedAt === null)) return;
      clearInterval(timer);
      injected.recoveryMs = Math.max(well, ...pending.map((one) => one.endedAt!)) - since;
    }, 100);
    this.undo.push(() => clearInterval(timer));
    return injected;
  }

  /** When the first turn ended well that did so after `since`; null while none has. */
  succeededSince(since: number): number | null {
    const ends = this.ledger.acknowledged.filter((one) => one.outcome === 'succeeded' && one.endedAt! > since);
    return ends.length === 0 ? null : Math.min(...ends.map((one) => one.endedAt!));
  }

  /** Waits until a turn ends well from now on: after every fault one must. */
  async untilWell(after: string): Promise<void> {
    const since = Date.now();
    while (this.succeededSince(since) === null && !this.interrupted.aborted) {
      if (Date.now() - since > RECOVERY_LIMIT_MS) {
        this.ledger.violate('progress', `no turn succeeded within ${RECOVERY_LIMIT_MS / 1_000} s of “${after}”`);
        return;
      }
      await pause(50);
    }
  }

  /** Most of what was asked has been done, and enough was asked. */
  judgeProgress(seconds: number): void {
    const ended = this.ledger.acknowledged.filter((one) => one.endedAt !== null);
    const well = ended.filter((one) => one.outcome === 'succeeded').length;
    const perMinute = (ended.length / seconds) * 60;
    const least = LEAST_TURNS_PER_MINUTE[this.options.embedded ? 'embedded' : 'servers'];
    if (perMinute < least)
      this.ledger.violate('progress', `${perMinute.toFixed(1)} turns ended per minute, fewer than ${least}`);
    if (well < ended.length * LEAST_SUCCEEDED)
      this.ledger.violate(
        'progress',
        `only ${well} of ${ended.length} turns succeeded, fewer than ${LEAST_SUCCEEDED * 100} %`,
      );
  }

  /** After everything was stopped: whatever still runs was left behind. */
  async judgeLeftovers(): Promise<void> {
    const sessions = new Set(this.ledger.sessions.keys());
    const deadline = Date.now() + GONE_PATIENCE_MS;
    while (processesOf(this.folder, sessions).length > 0 && Date.now() < deadline) await pause(100);
    for (const { pid, what } of processesOf(this.folder, sessions))
      this.ledger.violate('left behind', `process ${pid} still runs: ${what}`);
  }

  async cleanUp(): Promise<void> {
    for (const undo of this.undo.splice(0).reverse())
      await Promise.resolve()
        .then(undo)
        .catch((error: unknown) => this.say(`clearing up: ${error instanceof Error ? error.message : String(error)}`));
    for (const { pid } of processesOf(this.folder, new Set(this.ledger.sessions.keys()))) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended meanwhile.
      }
    }
    if (this.options.logs !== null) cpSync(this.logs, this.options.logs, { recursive: true });
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

function clock(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  return `${String(Math.floor(seconds / 60)).padStart(2)}:${String(seconds % 60).padStart(2, '0')}.${Math.floor((ms % 1_000) / 100)}`;
}
