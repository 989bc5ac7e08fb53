/** What is under way and takes long, on standard error while that is a terminal. */
import { bytes, span } from './units.ts';

const EVERY_MS = 100;
const { stderr } = process;

export interface Progress {
  add(count: number): void;
  done(): void;
}

/** Bytes of a transfer. */
export function transfer(label: string, total: number | null): Progress {
  let sum = 0;
  let shown = 0;
  const show = (): void => {
    if (!stderr.isTTY) return;
    const part = total === null || total === 0 ? '' : ` of ${bytes(total)} (${Math.floor((sum / total) * 100)} %)`;
    stderr.write(`\r\x1b[K${label} ${bytes(sum)}${part}`);
  };
  return {
    add(count) {
      sum += count;
      if (Date.now() - shown < EVERY_MS) return;
      shown = Date.now();
      show();
    },
    done() {
      if (stderr.isTTY) stderr.write('\r\x1b[K');
    },
  };
}

/** A wait, with the seconds of it. @returns what ends it. */
export function wait(label: string): () => void {
  if (!stderr.isTTY) return () => {};
  const began = Date.now();
  const show = (): void => void stderr.write(`\r\x1b[K${label} … ${span(Date.now() - began)}`);
  show();
  const timer = setInterval(show, 1_000);
  timer.unref();
  let over = false;
  return () => {
    if (over) return;
    over = true;
    clearInterval(timer);
    stderr.write('\r\x1b[K');
  };
}

/** Counts what passes. */
export const counting = (progress: Progress): TransformStream<Uint8Array, Uint8Array> =>
  new TransformStream({
    transform(chunk, controller) {
      progress.add(chunk.byteLength);
      controller.enqueue(chunk);
    },
    flush: () => progress.done(),
  });
