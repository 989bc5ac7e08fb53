/** Puts a restored folder where it belongs. */
import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type RestoreOptions, restoreSnapshot } from './restore.ts';

export interface PlaceOptions extends Omit<RestoreOptions, 'into'> {
  target: string;
  /** Removes a folder with all that is in it. */
  remove(path: string): Promise<void>;
}

/**
 * Restores beside `target`, and lets it take the place of what was there. Until then that stays as it is; should the process
 * die between the two renames, `target` is not there, and the restore is to be done again.
 */
export async function restoreInPlace({ target, remove, ...options }: PlaceOptions): Promise<void> {
  const staging = `${target}.restoring`;
  const before = `${target}.before`;
  await mkdir(dirname(target), { recursive: true });
  await Promise.all([remove(staging), remove(before)]);
  try {
    await restoreSnapshot({ ...options, into: staging });
    if (existsSync(target)) await rename(target, before);
    await rename(staging, target);
  } finally {
    await Promise.all([remove(staging), remove(before)]);
  }
}
