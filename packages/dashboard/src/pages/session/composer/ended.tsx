import { useQueryClient } from '@tanstack/react-query';
import { CirclePause, Play } from 'lucide-react';
import { useId, useState } from 'react';
import { rigger } from '../../../api/client.ts';
import { keys } from '../../../api/keys.ts';
import type { Session } from '../../../api/types.ts';
import { money } from '../../../format/money.ts';
import { reasonWords } from '../../../format/status.ts';
import { Button } from '../../../ui/button.tsx';
import { Input, Label } from '../../../ui/field.tsx';
import { toast, toastError } from '../../../ui/toast.tsx';
import { useActions } from '../use-actions.ts';

const WORDS: Record<string, string> = {
  completed: 'This session is complete.',
  error: 'This session failed.',
  terminated: 'This session was terminated',
};

/** In place of the composer, for a session that takes no more messages: the way on. */
export function Ended({ session }: { session: Session }) {
  const actions = useActions(session, false);
  const reason = session.status === 'terminated' ? reasonWords(session.statusReason) : null;
  return (
    <div className="shrink-0 border-t px-4 py-3 pb-[max(0.75rem,env(safe-area-inset-bottom))]">
      <div className="mx-auto flex max-w-3xl flex-wrap items-center gap-3 text-ink-2 text-sm">
        <span className="min-w-0 flex-1">
          {WORDS[session.status]}
          {reason !== null && `: ${reason}.`}
        </span>
        {actions.continue.run !== null && (
          <Button onClick={() => void actions.continue.run?.()}>
            <Play /> Continue in a new session
          </Button>
        )}
      </div>
    </div>
  );
}

/** A session whose budget is spent waits for more of it. */
export function Paused({ session }: { session: Session }) {
  const client = useQueryClient();
  const spent = session.totalCost;
  const [budget, setBudget] = useState(String(Math.max(0.01, Number((spent * 2).toPrecision(2)))));
  const id = useId();
  const raise = async () => {
    try {
      await rigger.sessions.update(session.id, { maxBudgetUsd: Number(budget) });
      toast({ title: `The budget is ${money(Number(budget))}` });
      void client.invalidateQueries({ queryKey: keys.session(session.id) });
    } catch (error) {
      toastError(error);
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void raise();
      }}
      className="mb-2 flex flex-wrap items-center gap-2 rounded-xl border border-warn/40 bg-warn-soft/40 px-3 py-2 text-sm"
    >
      <CirclePause className="size-4 text-warn" aria-hidden />
      <span className="min-w-40 flex-1">Paused: {money(spent)} are spent. It goes on with a higher budget.</span>
      <Label htmlFor={id} className="mb-0">
        Budget in USD
      </Label>
      <Input
        id={id}
        type="number"
        min={0}
        step="any"
        value={budget}
        onChange={(event) => setBudget(event.target.value)}
        className="w-24"
      />
      <Button type="submit" look="primary" disabled={!(Number(budget) > spent)}>
        Go on
      </Button>
    </form>
  );
}
