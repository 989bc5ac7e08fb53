import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CirclePause } from 'lucide-react';
import { useId, useState } from 'react';
import { rigger } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import type { Session } from '../../api/types.ts';
import { money } from '../../format/money.ts';
import { sessionTitle } from '../../format/status.ts';
import { Button } from '../../ui/button.tsx';
import { Input } from '../../ui/field.tsx';
import { toast, toastError } from '../../ui/toast.tsx';

/** Twice what was spent, in figures that people would write. */
const suggested = (session: Session): string => {
  const usd = Math.max(session.maxBudgetUsd ?? 0, session.totalCost) * 2;
  const step = usd > 1 ? 1 : 0.05;
  return String(Number((Math.ceil(usd / step) * step).toFixed(2)));
};

/** A session whose budget is spent: it goes on when there is more. */
export function PausedRow({ session }: { session: Session }) {
  const client = useQueryClient();
  const [amount, setAmount] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const id = useId();
  const raise = async () => {
    setBusy(true);
    try {
      await rigger.sessions.update(session.id, { maxBudgetUsd: Number(amount) });
      toast({ title: `It goes on with ${money(Number(amount))}` });
      await client.invalidateQueries({ queryKey: keys.sessions });
    } catch (error) {
      toastError(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2.5">
      <CirclePause className="size-4 shrink-0 text-warn" aria-hidden />
      <Link
        to="/sessions/$id"
        params={{ id: session.id }}
        className="min-w-0 flex-1 basis-48 truncate text-sm hover:underline"
      >
        <span className="font-medium">{sessionTitle(session)}</span>
        <span className="text-ink-3">
          {' '}
          paused: {money(session.totalCost)} of {money(session.maxBudgetUsd ?? 0)} spent
        </span>
      </Link>
      {amount === null ? (
        <Button size="sm" onClick={() => setAmount(suggested(session))}>
          Raise its budget
        </Button>
      ) : (
        <form
          className="flex items-center gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            void raise();
          }}
          onKeyDown={(event) => event.key === 'Escape' && setAmount(null)}
        >
          <label htmlFor={id} className="text-ink-3 text-xs">
            New budget, USD
          </label>
          <Input
            id={id}
            autoFocus
            type="number"
            min={0}
            step="any"
            required
            value={amount}
            onChange={(event) => setAmount(event.target.value)}
            className="h-7 w-24"
          />
          <Button size="sm" look="primary" type="submit" disabled={busy}>
            Raise
          </Button>
          <Button size="sm" look="ghost" onClick={() => setAmount(null)}>
            Back
          </Button>
        </form>
      )}
    </li>
  );
}
