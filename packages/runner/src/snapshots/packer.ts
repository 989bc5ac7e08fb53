/** Fills packs, compresses them on the thread pool and stores them, a few at a time, so that memory stays bounded. */
import { hash } from 'node:crypto';
import { promisify } from 'node:util';
import { constants, zstdCompress } from 'node:zlib';
import { PACK_BYTES, type Pack } from './manifest.ts';
import type { BlobStore } from './port.ts';

const compress = promisify(zstdCompress);
const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 3 } };
const AT_ONCE = 3;

export const nameOf = (bytes: Buffer): string => hash('sha256', bytes, 'hex');
export const zstd = (bytes: Buffer): Promise<Buffer> => compress(bytes, LEVEL);

export class Packer {
  readonly packs: Pack[] = [];
  /** Packs that the store did not have. */
  added = { packs: 0, bytes: 0 };
  readonly #store: BlobStore;
  readonly #spare: Buffer[] = [];
  readonly #underWay = new Set<Promise<void>>();
  readonly #known = new Map<string, number>();
  #failure: { error: unknown } | null = null;
  #buffer: Buffer | null = null;
  #fill = 0;

  constructor(store: BlobStore) {
    this.#store = store;
  }

  /** The place in `packs` of the pack that is being filled. */
  #current = -1;
  get current(): number {
    if (this.#current < 0) this.#current = this.packs.push({ hash: '', size: 0, bytes: 0 }) - 1;
    return this.#current;
  }
  get fill(): number {
    return this.#fill;
  }
  get room(): number {
    return PACK_BYTES - this.#fill;
  }

  /** The room that is left, to be read into; `filled` then says how much was. */
  get space(): Buffer {
    this.#buffer ??= this.#spare.pop() ?? Buffer.allocUnsafeSlow(PACK_BYTES);
    return this.#buffer.subarray(this.#fill);
  }
  filled(length: number): void {
    this.#fill += length;
  }
  /** Takes back what was filled since. */
  rewind(fill: number): void {
    this.#fill = fill;
  }

  /** The place of a pack that an earlier snapshot made. */
  reuse(pack: Pack): number {
    const known = this.#known.get(pack.hash);
    if (known !== undefined) return known;
    const place = this.packs.push(pack) - 1;
    this.#known.set(pack.hash, place);
    return place;
  }

  /** Closes the pack that is being filled. Resolves when there is room for another in memory. */
  async seal(): Promise<void> {
    const buffer = this.#buffer;
    if (buffer === null || this.#fill === 0) return;
    const pack = this.packs[this.current]!;
    const raw = buffer.subarray(0, this.#fill);
    this.#buffer = null;
    this.#fill = 0;
    this.#current = -1;
    const work: Promise<void> = this.#keep(pack, raw)
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#underWay.delete(work);
        this.#spare.push(buffer);
      });
    this.#underWay.add(work);
    while (this.#underWay.size >= AT_ONCE) await Promise.race(this.#underWay);
    if (this.#failure !== null) throw this.#failure.error;
  }

  /** Closes the last pack and waits until all are stored. */
  async finish(): Promise<void> {
    await this.seal();
    await Promise.all(this.#underWay);
    if (this.#failure !== null) throw this.#failure.error;
  }

  async #keep(pack: Pack, raw: Buffer): Promise<void> {
    const bytes = await zstd(raw);
    Object.assign(pack, { hash: nameOf(bytes), size: raw.length, bytes: bytes.length });
    if ((await this.#store.has([pack.hash])).has(pack.hash)) return;
    await this.#store.put(pack.hash, bytes);
    this.added.packs += 1;
    this.added.bytes += bytes.length;
  }
}
