import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { rigger, tell } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import type { Caller, KeyRequest, NewApiKey } from '../../api/types.ts';
import { signIn } from '../../app/sign-in.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Input, Select } from '../../ui/field.tsx';
import { Labelled } from '../../ui/labelled.tsx';
import { Pre } from '../../ui/pre.tsx';

type Scope = NonNullable<KeyRequest['scopes']>[number];
const KINDS: [scope: Scope, words: string][] = [
  ['read', 'Read: see everything, change nothing'],
  ['write', 'Write: make and steer sessions'],
  ['admin', 'Admin: also keys, secrets, budgets, webhooks, audit'],
  ['runner', 'Runner: join as a runner, and nothing else'],
];
const DAY_MS = 86_400_000;
const ENDS: [days: number, words: string][] = [
  [0, 'Never'],
  [1, 'In a day'],
  [30, 'In 30 days'],
  [90, 'In 90 days'],
  [365, 'In a year'],
];

/** A new key. Where there is none yet, it closes the server, so this page signs in with it. */
export function KeyForm({
  caller,
  onClose,
  onMade,
}: {
  caller: Caller | undefined;
  onClose: () => void;
  onMade: (made: NewApiKey) => void;
}) {
  const client = useQueryClient();
  const first = caller?.open === true;
  const [name, setName] = useState(first ? 'me' : '');
  const [scope, setScope] = useState<Scope>(first ? 'admin' : 'write');
  const [days, setDays] = useState(0);
  const [tenant, setTenant] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    setError(null);
    try {
      const made = await rigger.keys.create({
        name: name.trim(),
        scopes: [scope],
        ...(days === 0 ? {} : { expiresAt: new Date(Date.now() + days * DAY_MS).toISOString() }),
        ...(tenant.trim() === '' ? {} : { tenant: tenant.trim() }),
      });
      if (first) await signIn(made.key);
      onClose();
      onMade(made);
      await client.invalidateQueries({ queryKey: keys.apiKeys });
      await client.invalidateQueries({ queryKey: keys.whoami });
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  const told = error === null ? null : tell(error);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Make a key"
      description="It is shown once, and kept as a hash."
      className="max-w-md"
    >
      <form
        noValidate
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
        className="space-y-4"
      >
        <Labelled label="What it is for">
          {(control) => (
            <Input
              {...control}
              autoFocus
              placeholder="The build server"
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Labelled>
        <Labelled
          label="What it may"
          {...(first ? { hint: 'The first key should be an admin’s: it makes the others.' } : {})}
        >
          {(control) => (
            <Select
              {...control}
              value={scope}
              disabled={first}
              onChange={(event) => setScope(event.target.value as Scope)}
            >
              {KINDS.map(([kind, words]) => (
                <option key={kind} value={kind}>
                  {words}
                </option>
              ))}
            </Select>
          )}
        </Labelled>
        <Labelled label="When it ends">
          {(control) => (
            <Select {...control} value={days} onChange={(event) => setDays(Number(event.target.value))}>
              {ENDS.map(([count, words]) => (
                <option key={count} value={count}>
                  {words}
                </option>
              ))}
            </Select>
          )}
        </Labelled>
        {caller?.operator === true && !first && (
          <Labelled label="Tenant" hint="Whose sessions it sees. Empty: this one’s.">
            {(control) => (
              <Input
                {...control}
                spellCheck={false}
                placeholder={caller.tenant}
                className="font-mono"
                value={tenant}
                onChange={(event) => setTenant(event.target.value)}
              />
            )}
          </Labelled>
        )}
        {told !== null && (
          <p role="alert" className="text-bad text-sm">
            {told.title}. <span className="text-ink-2">{[told.detail, told.remedy].filter(Boolean).join(' ')}</span>
          </p>
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" disabled={busy || name.trim() === ''}>
            Make it
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** The key itself, for whoever made it: no answer has it again. */
export function KeyShown({ made, onClose }: { made: NewApiKey; onClose: () => void }) {
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`The key ${made.name}`}
      description="Keep it where it is used: it is shown now, and never again."
    >
      <div className="flex items-center gap-1 rounded-lg border bg-inset pr-1.5">
        <Pre className="min-w-0 flex-1 select-all p-3 text-xs">{made.key}</Pre>
        <CopyButton text={made.key} label="Copy the key" />
      </div>
      <p className="mt-4 mb-2 text-ink-2 text-sm">With the command line:</p>
      <Pre className="rounded-lg border bg-inset p-3 text-2xs leading-5">{`export RIGGER_URL=${location.origin}
export RIGGER_API_KEY=…
rigger ps`}</Pre>
      <div className="mt-4 flex justify-end">
        <Button look="primary" onClick={onClose}>
          I have it
        </Button>
      </div>
    </Dialog>
  );
}
