/** What a snapshot lists, as far as two of them are compared by somebody who does not unpack them. */
import { promisify } from 'node:util';
import { zstdDecompress } from 'node:zlib';
import { z } from 'zod';

const entry = z.discriminatedUnion('type', [
  z.object({ type: z.literal('folder'), path: z.string(), mode: z.int() }),
  z.object({ type: z.literal('file'), path: z.string(), mode: z.int(), hash: z.string() }),
  z.object({ type: z.literal('link'), path: z.string(), target: z.string() }),
]);
const contents = z.object({ version: z.literal(1), entries: z.array(entry) });
export type Contents = z.infer<typeof contents>;

const MOST_BYTES = 512 * 1024 * 1024;
const decompress = promisify(zstdDecompress);

/** Reads a manifest, as the store of blobs has it. Throws where it is none. */
export async function readContents(manifest: Uint8Array): Promise<Contents> {
  return contents.parse(JSON.parse(String(await decompress(manifest, { maxOutputLength: MOST_BYTES }))));
}

export interface Difference {
  path: string;
  /** What becomes of it. */
  change: 'added' | 'changed' | 'removed';
  type: 'file' | 'folder' | 'link';
}

type Entry = Contents['entries'][number];
const same = (a: Entry, b: Entry): boolean =>
  a.type === b.type &&
  (a.type === 'link'
    ? a.target === (b as typeof a).target
    : a.mode === (b as typeof a).mode && (a.type === 'folder' || a.hash === (b as typeof a).hash));

/** What has to be done to files that are as `from` for them to be as `to`, by path. Times do not count. */
export function differences(from: Contents, to: Contents): Difference[] {
  const before = new Map(from.entries.map((one) => [one.path, one]));
  const after = new Map(to.entries.map((one) => [one.path, one]));
  const found: Difference[] = [];
  for (const [path, { type }] of before) if (!after.has(path)) found.push({ path, change: 'removed', type });
  for (const [path, one] of after) {
    const earlier = before.get(path);
    if (earlier === undefined) found.push({ path, change: 'added', type: one.type });
    else if (!same(earlier, one)) found.push({ path, change: 'changed', type: one.type });
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}
