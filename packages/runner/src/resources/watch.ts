import { availableMemory, type Memory } from './memory.ts';
import { CALM, type LeastFree, type Pressure, pressureAt } from './pressure.ts';

export interface WatchOptions {
  least: LeastFree;
  /** How many agents wait that nobody uses yet. */
  spares(): number;
  /** Memory is tight, or has just ceased to be: told at every look while it is. */
  onPressure(pressure: Pressure): void;
  look?(): Memory;
}

const LOOK_MS = 1_000;

/** Looks at the memory that is left, once a second. */
export class MemoryWatch {
  readonly #options: WatchOptions;
  #memory: Memory;
  #pressure = CALM;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#memory = this.#look();
    this.#pressure = pressureAt(CALM, this.#memory, options.least, options.spares());
  }

  start(): void {
    this.#timer = setInterval(() => this.#tick(), LOOK_MS).unref();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  get pressure(): Pressure {
    return this.#pressure;
  }

  /** As the runner reports it. */
  get state(): Memory & Pick<Pressure, 'short' | 'wantedBytes'> {
    const { short, wantedBytes } = this.#pressure;
    return { ...this.#memory, short, wantedBytes };
  }

  #look(): Memory {
    return this.#options.look?.() ?? availableMemory();
  }

  #tick(): void {
    const before = this.#pressure;
    this.#memory = this.#look();
    this.#pressure = pressureAt(before, this.#memory, this.#options.least, this.#options.spares());
    if (this.#pressure.tight || this.#pressure.short || before.tight || before.short)
      this.#options.onPressure(this.#pressure);
  }
}
