/** Short words about what was done, with a way back where there is one. */
import { CircleAlert, CircleCheck, X } from 'lucide-react';
import { Toast as Radix } from 'radix-ui';
import { useSyncExternalStore } from 'react';
import { tell } from '../api/client.ts';
import { Button } from './button.tsx';

interface Said {
  id: number;
  title: string;
  detail?: string;
  bad?: boolean;
  /** The way back, offered while the words stand. */
  undo?: () => void;
  /** Called when the words go without having been taken back. */
  settled?: () => void;
}

const STAYS_MS = 6_000;
const MOST = 4;
let said: Said[] = [];
let last = 0;
const listeners = new Set<() => void>();
const set = (next: Said[]): void => {
  said = next;
  for (const listener of listeners) listener();
};

/** Says something in the corner. @returns how to take it away. */
export function toast(words: Omit<Said, 'id'>): () => void {
  last += 1;
  const id = last;
  for (const one of said.slice(0, -MOST + 1)) one.settled?.();
  set([...said.slice(-MOST + 1), { ...words, id }]);
  return () => set(said.filter((one) => one.id !== id));
}

/** Says what went wrong, in the words of the server's catalogue. */
export const toastError = (error: unknown): void => {
  const { title, detail, remedy } = tell(error);
  const words = detail ?? remedy;
  toast({ title, ...(words === null ? {} : { detail: words }), bad: true });
};

export function Toasts() {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => said,
  );
  const leave = (one: Said, taken: boolean) => {
    set(said.filter(({ id }) => id !== one.id));
    if (!taken) one.settled?.();
  };
  return (
    <Radix.Provider duration={STAYS_MS} swipeDirection="right">
      {shown.map((one) => (
        <Radix.Root
          key={one.id}
          onOpenChange={(open) => !open && leave(one, false)}
          className="flex w-full animate-in items-start gap-2.5 rounded-lg border border-line bg-raised p-3 text-sm shadow-pop"
        >
          {one.bad ? (
            <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" />
          ) : (
            <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-good" />
          )}
          <div className="min-w-0 flex-1">
            <Radix.Title className="font-medium">{one.title}</Radix.Title>
            {one.detail !== undefined && (
              <Radix.Description className="mt-0.5 line-clamp-4 break-words text-ink-2 text-xs">
                {one.detail}
              </Radix.Description>
            )}
          </div>
          {one.undo !== undefined && (
            <Radix.Action asChild altText="Undo">
              <Button
                size="sm"
                onClick={() => {
                  one.undo?.();
                  leave(one, true);
                }}
              >
                Undo
              </Button>
            </Radix.Action>
          )}
          <Radix.Close asChild>
            <Button look="ghost" size="iconSm" aria-label="Dismiss" className="-m-1">
              <X />
            </Button>
          </Radix.Close>
        </Radix.Root>
      ))}
      <Radix.Viewport className="fixed right-3 bottom-3 z-60 flex w-80 max-w-[calc(100vw-1.5rem)] flex-col gap-2 outline-none" />
    </Radix.Provider>
  );
}
