import { DEEPEST_PATH, type FileEntry } from '../protocol/index.ts';
import { type Folder, namesOf, within } from './folder.ts';
import { entryOf } from './kinds.ts';
import { FileRefusal } from './refusal.ts';

export interface ListRequest {
  path: string;
  recursive: boolean;
  /** The path, below `path`, of the last entry that the reader has. */
  after: string | null;
  limit: number;
}

/** Names are compared by their UTF-16 code units: an order that is the same everywhere. */
const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * A page of a folder in the order of its names, each folder before what is in it. A page costs what the folders on its way hold, and
 * keeps no more in memory than itself.
 * @returns `next`: the `after` of the next page, or null at the end.
 */
export async function list(root: Folder, request: ListRequest): Promise<{ entries: FileEntry[]; next: string | null }> {
  const names = namesOf(request.path);
  return within(root, names, async (folder) => {
    const entries: FileEntry[] = [];
    const after = request.after === null ? [] : namesOf(request.after);
    for await (const entry of walk(folder, request, after, names.length)) {
      entries.push(entry);
      if (entries.length > request.limit) break;
    }
    const more = entries.length > request.limit;
    if (more) entries.pop();
    const last = entries.at(-1)?.path;
    const below = last === undefined || request.path === '' ? last : last.slice(request.path.length + 1);
    return { entries, next: more && below !== undefined ? below : null };
  });
}

async function* walk(
  folder: Folder,
  request: ListRequest,
  after: readonly string[],
  depth: number,
): AsyncGenerator<FileEntry> {
  const [start, ...below] = after;
  let last = start ?? null;
  // What is in the folder that the last page ended in comes first.
  if (request.recursive && start !== undefined) yield* walkInto(folder, start, request, below, depth);
  for (;;) {
    const names = await nextNames(folder, last, request.limit + 1);
    for (const name of names) {
      const found = await folder.look(name);
      if (found !== null) yield await entryOf(folder, name, found);
      // A name that is no text cannot be said, and so not be asked for.
      else if (name.includes('\ufffd'))
        yield {
          path: folder.pathOf(name),
          type: 'other',
          size: null,
          modifiedAt: new Date(0).toISOString(),
          etag: null,
          target: null,
        };
      if (request.recursive && found?.isDirectory()) yield* walkInto(folder, name, request, [], depth);
    }
    if (names.length <= request.limit) return;
    last = names.at(-1)!;
  }
}

async function* walkInto(
  folder: Folder,
  name: string,
  request: ListRequest,
  after: readonly string[],
  depth: number,
): AsyncGenerator<FileEntry> {
  if (depth + 1 >= DEEPEST_PATH) return;
  const inner = await folder.enter(name).catch((error: unknown) => {
    // Gone, or swapped for something else, or closed to us, since it was listed.
    if (error instanceof FileRefusal) return null;
    throw error;
  });
  if (inner === null) return;
  try {
    yield* walk(inner, request, after, depth + 1);
  } finally {
    await inner.close();
  }
}

/** The first `count` names after `last`, in order. */
async function nextNames(folder: Folder, last: string | null, count: number): Promise<string[]> {
  let names: string[] = [];
  for await (const name of folder.names()) {
    if (last !== null && name <= last) continue;
    names.push(name);
    if (names.length >= 8 * count + 1_024) names = names.sort(byName).slice(0, count);
  }
  return names.sort(byName).slice(0, count);
}
