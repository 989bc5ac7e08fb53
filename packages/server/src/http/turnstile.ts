/** Lets so many through at a time; the others wait in their order. */
export class Turnstile {
  #places: number;
  readonly #waiting: (() => void)[] = [];

  constructor(places: number) {
    this.#places = places;
  }

  /** Resolves with how to make room again; doing so twice makes room once. */
  async enter(): Promise<() => void> {
    if (this.#places > 0) this.#places -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    let inside = true;
    return () => {
      if (!inside) return;
      inside = false;
      const next = this.#waiting.shift();
      if (next === undefined) this.#places += 1;
      else next();
    };
  }
}
