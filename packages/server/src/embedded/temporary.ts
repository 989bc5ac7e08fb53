import { randomBytes } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { hasProcess } from './postmaster-file.ts';

const abandonedAfterMs = 10 * 60_000;

/** Names given out by this very process: at work, though its pid tells nothing. */
const ours = new Set<string>();

/** A name for the unfinished form of `name`, to lie beside it until it is renamed. Says whose it is. */
export function temporaryName(name: string): string {
  const given = `${name}.unfinished-${process.pid}-${randomBytes(4).toString('hex')}`;
  ours.add(given);
  return given;
}

/**
 * Removes what starters that were killed left unfinished. One that another live starter is at work on stays, unless it is
 * older than ten minutes (its pid then belongs to somebody else). Our own pid alone says nothing: in a container every
 * start has the same one.
 */
export async function removeStale(folder: string, name: string): Promise<void> {
  for (const entry of await readdir(folder)) {
    if (!entry.startsWith(`${name}.unfinished-`) || ours.has(entry)) continue;
    const pid = Number(entry.slice(`${name}.unfinished-`.length).split('-')[0]);
    const full = path.join(folder, entry);
    const age = Date.now() - ((await stat(full).catch(() => undefined))?.mtimeMs ?? 0);
    if (pid !== process.pid && hasProcess(pid) && age < abandonedAfterMs) continue;
    // Retries: an initdb that outlived its starter may still be writing there.
    await rm(full, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }
}
