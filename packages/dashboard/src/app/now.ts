import { useSyncExternalStore } from 'react';

interface Clock {
  now: number;
  subscribe: (listener: () => void) => () => void;
  read: () => number;
}

/** One clock for all that shows how long ago something was: it ticks once for everybody. */
const clocks = new Map<number, Clock>();

/** It keeps one `subscribe`: whoever is drawn again must not stop it, and start it at another time. */
function makeClock(everyMs: number): Clock {
  const listeners = new Set<() => void>();
  let timer: ReturnType<typeof setInterval> | null = null;
  const clock: Clock = {
    now: Date.now(),
    subscribe: (listener) => {
      listeners.add(listener);
      timer ??= setInterval(() => {
        clock.now = Date.now();
        for (const one of listeners) one();
      }, everyMs);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0 || timer === null) return;
        clearInterval(timer);
        timer = null;
      };
    },
    read: () => {
      if (timer === null && Date.now() - clock.now > everyMs) clock.now = Date.now();
      return clock.now;
    },
  };
  return clock;
}

/** The time, drawn again every `everyMs`. */
export function useNow(everyMs = 1_000): number {
  const clock = clocks.get(everyMs) ?? makeClock(everyMs);
  clocks.set(everyMs, clock);
  return useSyncExternalStore(clock.subscribe, clock.read);
}
