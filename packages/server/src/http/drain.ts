/** Whether this server is going down: `begin` has new requests turned away (`admission.ts`). */
export class Drain {
  #active = false;

  get active(): boolean {
    return this.#active;
  }

  /** From now on new requests are turned away; those that are being answered go on. */
  begin(): void {
    this.#active = true;
  }
}
