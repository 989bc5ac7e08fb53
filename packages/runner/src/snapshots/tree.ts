/**
 * Looks through a folder that somebody may be changing, without ever leaving it: each folder is opened without following
 * links, and what is in it is reached through that open folder (`/proc/self/fd/N/name`), whatever its path leads to by now.
 */
import { isUtf8 } from 'node:buffer';
import {
  type BigIntStats,
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
} from 'node:fs';

/** Not in `node:fs`: opens a file without the right to read it. */
const O_PATH = 0o10000000;
const { O_RDONLY, O_NOFOLLOW, O_DIRECTORY, O_NONBLOCK, O_NOCTTY } = constants;

export const at = (folder: number, name: string): string => `/proc/self/fd/${folder}/${name}`;

const code = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';
/** It was there a moment ago, and is gone or is something else by now. */
export const isGone = (error: unknown): boolean =>
  ['ENOENT', 'ELOOP', 'ENOTDIR', 'ENXIO', 'ESTALE'].includes(code(error));
export const isClosedToUs = (error: unknown): boolean => ['EACCES', 'EPERM'].includes(code(error));

function open(path: string, flags: number, needed: number): number {
  try {
    return openSync(path, flags);
  } catch (error) {
    if (!isClosedToUs(error)) throw error;
    // An agent may close its own files to itself; they are its work all the same.
    const handle = openSync(path, O_PATH | O_NOFOLLOW);
    try {
      const { mode } = fstatSync(handle);
      const self = `/proc/self/fd/${handle}`;
      chmodSync(self, (mode & 0o7777) | needed);
      try {
        return openSync(self, flags & ~O_NOFOLLOW);
      } finally {
        chmodSync(self, mode & 0o7777);
      }
    } finally {
      closeSync(handle);
    }
  }
}

/** Opens a folder that is one, and no link to one. The caller closes it. */
export const openFolder = (path: string): number => open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0o500);

/** Opens a file and never waits for it, as for a pipe that somebody put in its place. The caller closes it. */
export const openFile = (path: string): number => open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0o400);

/** The names in an open folder; of those that are not text, only that they are there. */
export function namesIn(folder: number): { names: string[]; unreadable: string[] } {
  const path = `/proc/self/fd/${folder}`;
  const names = readdirSync(path);
  if (!names.some((name) => name.includes('\uFFFD'))) return { names, unreadable: [] };
  const raw = readdirSync(path, { encoding: 'buffer' });
  return {
    names: raw.filter((name) => isUtf8(name)).map(String),
    unreadable: raw.filter((name) => !isUtf8(name)).map((name) => name.toString('latin1')),
  };
}

export function look(path: string): BigIntStats | null {
  try {
    return lstatSync(path, { bigint: true });
  } catch (error) {
    if (isGone(error) || isClosedToUs(error)) return null;
    throw error;
  }
}
