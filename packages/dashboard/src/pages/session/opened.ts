import { useSyncExternalStore } from 'react';

/** Which rows are open. They are kept here, since a row that is scrolled away is not drawn any more. */
const opened = new Set<string>();
const listeners = new Set<() => void>();

export function setOpened(key: string, open: boolean): void {
  if (open) opened.add(key);
  else opened.delete(key);
  for (const listener of listeners) listener();
}
export const toggleOpened = (key: string): void => setOpened(key, !opened.has(key));

export function useOpened(key: string): [boolean, () => void] {
  const open = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => opened.has(key),
  );
  return [open, () => toggleOpened(key)];
}
