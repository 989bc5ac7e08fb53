import { useEffect, useRef, useSyncExternalStore } from 'react';

/** Requests whose cards are in sight. */
const seen = new Set<string>();
const listeners = new Set<() => void>();
const changed = () => {
  for (const listener of listeners) listener();
};

/** Notes whether a request's card is in sight. @returns what to put on the card */
export function useOnScreen(id: string, waits: boolean) {
  const card = useRef<HTMLElement>(null);
  useEffect(() => {
    const element = card.current;
    if (!waits || element === null) return;
    const observer = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting) seen.add(id);
      else seen.delete(id);
      changed();
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      seen.delete(id);
      changed();
    };
  }, [id, waits]);
  return card;
}

export function useIsOnScreen(id: string | undefined): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => id !== undefined && seen.has(id),
  );
}
