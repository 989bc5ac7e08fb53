import { useSyncExternalStore } from 'react';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const KEY = 'rigger.theme';
const system = matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();

function asked(): Theme {
  const kept = localStorage.getItem(KEY);
  return kept === 'light' || kept === 'dark' ? kept : 'system';
}
const resolved = (): 'light' | 'dark' => {
  const theme = asked();
  return theme === 'system' ? (system.matches ? 'dark' : 'light') : theme;
};

function apply(): void {
  document.documentElement.dataset.theme = resolved();
  for (const listener of listeners) listener();
}

/** Keeps the theme as the reader, or the system, wants it. What index.html did before the first paint goes on here. */
export function watchTheme(): void {
  system.addEventListener('change', apply);
  addEventListener('storage', (event) => event.key === KEY && apply());
  apply();
}

export function setTheme(theme: Theme): void {
  if (theme === 'system') localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, theme);
  apply();
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
/** What was asked for. */
export const useTheme = (): Theme => useSyncExternalStore(subscribe, asked);
/** What it comes to. */
export const useResolvedTheme = (): 'light' | 'dark' => useSyncExternalStore(subscribe, resolved);
