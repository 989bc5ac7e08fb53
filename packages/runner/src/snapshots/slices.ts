import { setImmediate as nextTick } from 'node:timers/promises';

/** The thread is held for no longer than this at a time, so that other sessions of the runner go on. */
const SLICE_MS = 8;

/**
 * Small system calls are made synchronously, for their way through the thread pool takes several times as long as they do;
 * between them this lets everything else have its turn.
 */
export function makeSlices(signal?: AbortSignal): () => Promise<void> | undefined {
  let began = performance.now();
  return () => {
    signal?.throwIfAborted();
    if (performance.now() - began < SLICE_MS) return;
    return nextTick().then(() => {
      began = performance.now();
    });
  };
}
