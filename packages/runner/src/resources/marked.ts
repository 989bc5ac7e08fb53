import { readFileSync } from 'node:fs';

/** Processes of one session by pid, as they were measured. */
export type ProcessSizes = Map<number, { parent: number; memoryBytes: number }>;

function isMarked(pid: number, mark: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(mark);
  } catch {
    return false;
  }
}

/** The memory of an agent's own process: of those that carry its marker, the one that no other of them has started. */
export function sizeOfMarked(marker: string, processes: ProcessSizes): number {
  const marked = new Set([...processes.keys()].filter((pid) => isMarked(pid, `RIGGER_AGENT=${marker}`)));
  const own = [...marked].find((pid) => !marked.has(processes.get(pid)!.parent));
  return own === undefined ? 0 : processes.get(own)!.memoryBytes;
}
