/**
 * Whose a session's files and processes are. Under a runner that is root every session has a user of its own: what the kernel
 * counts by user, such as inotify watches or memory in pipes, then runs out for that session alone.
 */
import { createHash } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Owner } from '../layout.ts';

/** Numbers that no system hands out: above those of containers, below what 31 bits hold (systemd.io/UIDS-GIDS). */
const FIRST = 1_900_000_000;
const COUNT = 100_000_000;

/** The owner of a session's folder: who has it already, as far as that is one of ours, else one that follows from its path. */
export function ownerFor(rootPath: string): Owner {
  if (process.getuid!() !== 0) return { uid: process.getuid!(), gid: process.getgid!() };
  const root = resolve(rootPath);
  const had = lstatSync(join(root, 'workspace'), { throwIfNoEntry: false })?.uid ?? 0;
  const uid =
    had >= FIRST && had < FIRST + COUNT
      ? had
      : FIRST + (createHash('sha256').update(root).digest().readUInt32BE() % COUNT);
  return { uid, gid: uid };
}
