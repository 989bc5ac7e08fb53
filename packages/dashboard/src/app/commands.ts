/**
 * What can be done by key and from the palette. Whatever is on the screen registers its commands with `useCommands`; they are
 * gone when it is. Keys are written as they are typed: `i`, `?`, `mod+k`, or one after the other: `g s`.
 */
import type { LucideIcon } from 'lucide-react';
import { useEffect, useRef, useSyncExternalStore } from 'react';

export interface Command {
  id: string;
  title: string;
  /** The heading that it stands under in the palette and among the keys. */
  group: string;
  run: () => void;
  icon?: LucideIcon;
  keys?: string;
  /** Other words that find it. */
  words?: string[];
  /** Only a key, not in the palette. */
  quiet?: boolean;
  /** Also while something is being typed. */
  whileTyping?: boolean;
}

let registered: Command[] = [];
const listeners = new Set<() => void>();
const changed = (next: Command[]): void => {
  registered = next;
  for (const listener of listeners) listener();
};

/** Registers commands while the component is there. Whichever came last has a key that several claim. */
export function useCommands(commands: Command[]): void {
  const latest = useRef(commands);
  latest.current = commands;
  const shape = commands.map(({ id, title, keys, group }) => `${id}\0${title}\0${keys}\0${group}`).join('\n');
  // biome-ignore lint/correctness/useExhaustiveDependencies: what they do may change at every draw, what they are must not
  useEffect(() => {
    const mine = latest.current.map((command) => ({
      ...command,
      run: () => latest.current.find(({ id }) => id === command.id)?.run(),
    }));
    changed([...registered, ...mine]);
    return () => changed(registered.filter((command) => !mine.includes(command)));
  }, [shape]);
}

export function useRegisteredCommands(): Command[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => registered,
  );
}

const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
/** Keys as they are printed on this keyboard: `mod+k` is `⌘K` or `Ctrl K`. */
export const printedKeys = (keys: string): string[] =>
  keys
    .split(' ')
    .flatMap((stroke) =>
      stroke
        .split('+')
        .map((key) =>
          key === 'mod'
            ? isMac
              ? '⌘'
              : 'Ctrl'
            : key === 'enter'
              ? '↵'
              : key === 'escape'
                ? 'Esc'
                : key.length === 1
                  ? key.toUpperCase()
                  : key,
        ),
    );

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) &&
  !(target instanceof HTMLInputElement && /^(checkbox|radio|button)$/.test(target.type));

/** A dialog or a menu has the keyboard for itself. */
const isInOverlay = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest('[role="dialog"],[role="alertdialog"],[role="menu"],[role="listbox"]') !== null;

function strokeOf(event: KeyboardEvent): string {
  const mod = isMac ? event.metaKey : event.ctrlKey;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key.toLowerCase();
  // What is typed with Shift, such as `?`, is its own key.
  return [mod ? 'mod' : '', event.shiftKey && event.key.length > 1 ? 'shift' : '', key].filter(Boolean).join('+');
}

const SEQUENCE_MS = 900;

/** Listens for keys. Called once. */
export function listenForKeys(): void {
  let before: { stroke: string; at: number } | null = null;
  addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing || event.altKey) return;
    const stroke = strokeOf(event);
    const sequence =
      before !== null && performance.now() - before.at < SEQUENCE_MS ? `${before.stroke} ${stroke}` : null;
    before = { stroke, at: performance.now() };
    const held = isTyping(event.target) || isInOverlay(event.target);
    const find = (keys: string | null) =>
      registered.findLast((command) => command.keys === keys && (!held || command.whileTyping === true));
    const command = (sequence === null ? undefined : find(sequence)) ?? find(stroke);
    if (command === undefined) return;
    before = null;
    event.preventDefault();
    command.run();
  });
}
