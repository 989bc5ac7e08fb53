import { copyFile, open, stat, truncate } from 'node:fs/promises';

const sizeLimit = 8 * 1024 * 1024;
const checkEveryMs = 60_000;

/**
 * PostgreSQL's log: one file, opened for appending and handed to the postmaster as its stderr, so the words of a failed
 * start are in it too. Its own logging collector would be one more process, and bounds the size of no single file name.
 */
export async function openLog(file: string) {
  await trimLog(file);
  return await open(file, 'a', 0o600);
}

/**
 * Bounds the log: beyond 8 MiB its content goes to `<file>.1` (replacing the former) and the file begins anew. The writer
 * appends, so truncating under it is safe; lines written in between are lost, which is the price for having no collector.
 */
export async function trimLog(file: string): Promise<void> {
  const size = (await stat(file).catch(() => undefined))?.size ?? 0;
  if (size <= sizeLimit) return;
  await copyFile(file, `${file}.1`).catch(() => undefined); // on a full disk the bound matters more than the copy
  await truncate(file);
}

/** Looks at the log every minute for as long as the server lives; without a server hardly anything is logged. */
export function keepLogSmall(file: string): { stop(): void } {
  const timer = setInterval(() => void trimLog(file).catch(() => undefined), checkEveryMs).unref();
  return { stop: () => clearInterval(timer) };
}

/** The log's last lines, of what was written since byte `from`. */
export async function tailOf(file: string, from = 0, lines = 15): Promise<string> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (!handle) return '';
  try {
    const { size } = await handle.stat();
    const start = Math.max(size < from ? 0 : from, size - 16_384);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - start), 0, size - start, start);
    return buffer.subarray(0, bytesRead).toString().trimEnd().split('\n').slice(-lines).join('\n');
  } finally {
    await handle.close();
  }
}
