import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useId, useState } from 'react';
import { rigger } from '../../../api/client.ts';
import { keys } from '../../../api/keys.ts';
import type { Session, SessionUpdate } from '../../../api/types.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { Input, Label, Textarea } from '../../../ui/field.tsx';
import { toast, toastError } from '../../../ui/toast.tsx';

const MINUTE = 60_000;
const text = (value: number | null, unit = 1): string => (value === null ? '' : String(value / unit));

/** Labels and limits. A limit can be set to another value, and not taken away again. */
export function EditSession({ session, onClose }: { session: Session; onClose: () => void }) {
  const client = useQueryClient();
  const [form, setForm] = useState({
    description: session.description ?? '',
    tags: session.tags.join(', '),
    budget: text(session.maxBudgetUsd),
    turns: text(session.maxTurns),
    idle: text(session.maxIdleTimeMs, MINUTE),
    lifetime: text(session.maxLifetimeMs, MINUTE),
  });
  const set = (name: keyof typeof form) => (value: string) => setForm({ ...form, [name]: value });
  const number = (value: string, unit = 1): number | undefined =>
    value === '' ? undefined : Math.round(Number(value) * unit);
  const save = async () => {
    const changes: SessionUpdate = {
      description: form.description,
      tags: form.tags.split(',').flatMap((tag) => (tag.trim() === '' ? [] : [tag.trim()])),
      ...(form.budget === '' ? {} : { maxBudgetUsd: Number(form.budget) }),
      ...(number(form.turns) === undefined ? {} : { maxTurns: number(form.turns)! }),
      ...(number(form.idle, MINUTE) === undefined ? {} : { maxIdleTimeMs: number(form.idle, MINUTE)! }),
      ...(number(form.lifetime, MINUTE) === undefined ? {} : { maxLifetimeMs: number(form.lifetime, MINUTE)! }),
    };
    try {
      client.setQueryData(keys.sessionView(session.id), await rigger.sessions.update(session.id, changes));
      toast({ title: 'Saved' });
      onClose();
    } catch (error) {
      toastError(error);
    }
  };
  const limit = (name: keyof typeof form, label: string) => (
    <Field label={label}>
      {(id) => (
        <Input
          id={id}
          type="number"
          min={0}
          step="any"
          placeholder="none"
          value={form[name]}
          onChange={(event) => set(name)(event.target.value)}
        />
      )}
    </Field>
  );
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Labels and limits"
      description="A limit that is passed already ends the session at once."
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
        className="space-y-3"
      >
        <Field label="Description">
          {(id) => (
            <Textarea
              id={id}
              rows={2}
              value={form.description}
              onChange={(event) => set('description')(event.target.value)}
            />
          )}
        </Field>
        <Field label="Tags, with commas between">
          {(id) => <Input id={id} value={form.tags} onChange={(event) => set('tags')(event.target.value)} />}
        </Field>
        <div className="grid grid-cols-2 gap-3">
          {limit('budget', 'Budget in USD')}
          {limit('turns', 'Turns')}
          {limit('idle', 'Idle time in minutes')}
          {limit('lifetime', 'Lifetime in minutes')}
        </div>
        <div className="flex justify-end gap-2 pt-1">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary">
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Field({ label, children }: { label: string; children: (id: string) => ReactNode }) {
  const id = useId();
  return (
    <div>
      <Label htmlFor={id}>{label}</Label>
      {children(id)}
    </div>
  );
}
