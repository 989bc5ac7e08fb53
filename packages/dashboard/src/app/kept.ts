import { useState } from 'react';

/** A choice of the reader's that this browser keeps. Not for anything that the server knows. */
export function useKept(name: string, initial: string): [string, (value: string) => void] {
  const key = `rigger.${name}`;
  const [value, setValue] = useState(() => localStorage.getItem(key) ?? initial);
  return [
    value,
    (next) => {
      if (next === initial) localStorage.removeItem(key);
      else localStorage.setItem(key, next);
      setValue(next);
    },
  ];
}
