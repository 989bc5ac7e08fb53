import type { Folder } from './folder.ts';
import { FileRefusal } from './refusal.ts';

export interface Quota {
  /** Of all files together, in bytes. */
  bytes: number;
  /** Files, folders and links together. */
  files: number;
}

/** Agents write beside us, so a count grows old; a large tree is counted less often. */
const FRESH_MS = 30_000;
const COUNTING_SHARE = 20;
const AT_ONCE = 64;

/**
 * What a workspace holds, counted when somebody is about to write and kept for a while. Writers take what they are about to write before they
 * do, so many at once cannot pass the quota together.
 */
export class Usage {
  readonly #quota: Quota;
  #bytes = 0;
  #files = 0;
  #freshUntil = 0;
  #counting: Promise<void> | null = null;

  constructor(quota: Quota) {
    this.#quota = quota;
  }

  get quota(): Quota {
    return this.#quota;
  }

  /** Sees to it that there is a count. */
  async count(workspace: Folder): Promise<void> {
    if (performance.now() < this.#freshUntil) return;
    this.#counting ??= (async () => {
      const began = performance.now();
      const counted = { bytes: 0, files: 0 };
      await countIn(workspace, counted);
      this.#bytes = counted.bytes;
      this.#files = counted.files;
      const now = performance.now();
      this.#freshUntil = now + Math.max(FRESH_MS, COUNTING_SHARE * (now - began));
    })().finally(() => {
      this.#counting = null;
    });
    return this.#counting;
  }

  /** Much was removed: what is left is counted before the next write. */
  forget(): void {
    this.#freshUntil = 0;
  }

  /** @throws FileRefusal `quota_exceeded`. */
  take(bytes: number, files = 0): void {
    if (bytes > 0 && this.#bytes + bytes > this.#quota.bytes)
      throw new FileRefusal('quota_exceeded', `The workspace may hold ${this.#quota.bytes} bytes.`, {
        maxBytes: this.#quota.bytes,
      });
    if (files > 0 && this.#files + files > this.#quota.files)
      throw new FileRefusal('quota_exceeded', `The workspace may hold ${this.#quota.files} files and folders.`, {
        maxFiles: this.#quota.files,
      });
    this.#bytes += bytes;
    this.#files += files;
  }

  giveBack(bytes: number, files = 0): void {
    this.#bytes = Math.max(0, this.#bytes - bytes);
    this.#files = Math.max(0, this.#files - files);
  }
}

/** What one writer has taken, and gives back if it comes to nothing. */
export class Taken {
  readonly #usage: Usage;
  #bytes = 0;
  #files = 0;

  constructor(usage: Usage) {
    this.#usage = usage;
  }

  take(bytes: number, files = 0): void {
    this.#usage.take(bytes, files);
    this.#bytes += bytes;
    this.#files += files;
  }

  giveBack(): void {
    this.#usage.giveBack(this.#bytes, this.#files);
    this.#bytes = 0;
    this.#files = 0;
  }
}

async function countIn(folder: Folder, counted: { bytes: number; files: number }): Promise<void> {
  const folders: string[] = [];
  let names: string[] = [];
  const lookAt = async () => {
    const found = await Promise.all(names.map((name) => folder.look(name)));
    for (const [index, one] of found.entries()) {
      if (one === null) continue;
      counted.files += 1;
      if (one.isFile()) counted.bytes += Number(one.size);
      else if (one.isDirectory()) folders.push(names[index]!);
    }
    names = [];
  };
  for await (const name of folder.names()) if (names.push(name) >= AT_ONCE) await lookAt();
  await lookAt();
  for (const name of folders) {
    // Gone, swapped or closed since: what cannot be entered holds nothing that could be counted.
    const inner = await folder.enter(name).catch(() => null);
    if (inner === null) continue;
    try {
      await countIn(inner, counted);
    } finally {
      await inner.close();
    }
  }
}
