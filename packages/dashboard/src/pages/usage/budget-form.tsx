import { RiggerApiError } from '@rigger/client';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { rigger, tell } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import type { Budget, BudgetRequest } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Input, Select } from '../../ui/field.tsx';
import { Labelled } from '../../ui/labelled.tsx';
import { toast } from '../../ui/toast.tsx';

export interface BudgetDraft {
  scope: 'all' | 'user';
  userId: string;
  period: Budget['period'];
  limit: string;
  isNew: boolean;
}

/** Sets a budget, in place of the one that there is for the same user and period. */
export function BudgetForm({ draft, onClose }: { draft: BudgetDraft; onClose: () => void }) {
  const client = useQueryClient();
  const [form, setForm] = useState(draft);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const issues =
    error instanceof RiggerApiError
      ? ((error.body as { issues?: { path: string; message: string }[] }).issues ?? [])
      : [];
  const wrong = (path: string) => issues.find((issue) => issue.path === path)?.message;
  const save = async () => {
    setBusy(true);
    setError(null);
    const { scope, userId, period, limit } = form;
    const common = { period, limitUsd: limit === '' ? undefined : Number(limit) };
    try {
      await rigger.budgets.set(
        (scope === 'all' ? { scope, ...common } : { scope, userId: userId.trim(), ...common }) as BudgetRequest,
      );
      await client.invalidateQueries({ queryKey: keys.budgets });
      toast({ title: 'The budget is set' });
      onClose();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  const told = error !== null && issues.length === 0 ? tell(error) : null;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={draft.isNew ? 'Set a budget' : 'Change the budget'}
      description="When it is spent, model calls are refused and their turns fail; sessions stay. What was spent in its period so far counts."
      className="max-w-md"
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
        className="space-y-4"
      >
        <div className="grid grid-cols-2 gap-3">
          <Labelled label="Whose">
            {(control) => (
              <Select
                {...control}
                disabled={!draft.isNew}
                value={form.scope}
                onChange={(event) => setForm({ ...form, scope: event.target.value as BudgetDraft['scope'] })}
              >
                <option value="all">everybody’s together</option>
                <option value="user">one user’s</option>
              </Select>
            )}
          </Labelled>
          <Labelled label="User" wrong={form.scope === 'user' ? wrong('userId') : undefined}>
            {(control) => (
              <Input
                {...control}
                disabled={form.scope === 'all' || !draft.isNew}
                value={form.scope === 'all' ? '' : form.userId}
                onChange={(event) => setForm({ ...form, userId: event.target.value })}
              />
            )}
          </Labelled>
          <Labelled label="In USD" wrong={wrong('limitUsd')}>
            {(control) => (
              <Input
                {...control}
                autoFocus
                type="number"
                step="any"
                inputMode="decimal"
                value={form.limit}
                onChange={(event) => setForm({ ...form, limit: event.target.value })}
              />
            )}
          </Labelled>
          <Labelled label="For">
            {(control) => (
              <Select
                {...control}
                disabled={!draft.isNew}
                value={form.period}
                onChange={(event) => setForm({ ...form, period: event.target.value as Budget['period'] })}
              >
                <option value="day">each day (UTC)</option>
                <option value="month">each month (UTC)</option>
                <option value="total">all time</option>
              </Select>
            )}
          </Labelled>
        </div>
        {told !== null && (
          <p role="alert" className="text-bad text-sm">
            {told.title}. <span className="text-ink-2">{told.remedy}</span>
          </p>
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" disabled={busy}>
            Set
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
