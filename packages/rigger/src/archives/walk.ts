/** What is in a folder of this machine. */
import type { Stats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface Found {
  /** Below the folder, with `/` between names. */
  path: string;
  file: string;
  stats: Stats;
}

/**
 * Everything in a folder, folders before what is in them. Links are found and not followed; sockets, pipes and devices are
 * left out, and so is whatever has one of the names in `exclude`.
 */
export async function* walk(
  folder: string,
  exclude: ReadonlySet<string> = new Set(),
  below = '',
): AsyncGenerator<Found> {
  const names = (await readdir(folder)).filter((name) => !exclude.has(name)).sort();
  for (const name of names) {
    const file = join(folder, name);
    const path = below === '' ? name : `${below}/${name}`;
    const stats = await lstat(file);
    if (!stats.isFile() && !stats.isDirectory() && !stats.isSymbolicLink()) continue;
    yield { path, file, stats };
    if (stats.isDirectory()) yield* walk(file, exclude, path);
  }
}
