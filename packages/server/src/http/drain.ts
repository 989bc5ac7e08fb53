/** Whether this server is going down: `begin` has new requests turned away (`admission.ts`), and those that wait, answered. */
export class Drain {
  readonly #controller = new AbortController();

  get active(): boolean {
    return this.signal.aborted;
  }

  /** Aborts when the server begins to go down. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  begin(): void {
    this.#controller.abort();
  }
}
