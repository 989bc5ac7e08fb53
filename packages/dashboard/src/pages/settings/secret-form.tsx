import { RiggerApiError } from '@rigger/client';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { rigger, tell } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import type { Secret } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { ChipsInput } from '../../ui/chips-input.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Input } from '../../ui/field.tsx';
import { Labelled } from '../../ui/labelled.tsx';
import { toast } from '../../ui/toast.tsx';

/** A new secret, or a new value and hosts for one that there is. */
export function SecretForm({ secret, onClose }: { secret: Secret | null; onClose: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState(secret?.name ?? '');
  const [value, setValue] = useState('');
  const [hosts, setHosts] = useState(secret?.hosts ?? []);
  const [description, setDescription] = useState(secret?.description ?? '');
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const issues =
    error instanceof RiggerApiError
      ? ((error.body as { issues?: { path: string; message: string }[] }).issues ?? [])
      : [];
  const wrong = (path: string) =>
    issues.find((issue) => issue.path === path || issue.path.startsWith(`${path}.`))?.message;
  const save = async () => {
    setBusy(true);
    setError(null);
    try {
      await rigger.secrets.set(name.trim(), { value, hosts, ...(description === '' ? {} : { description }) });
      await client.invalidateQueries({ queryKey: keys.secrets });
      toast({ title: `${name.trim()} is set` });
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
      title={secret === null ? 'Add a secret' : `Change ${secret.name}`}
      description={
        secret === null
          ? 'Its value is sealed, and never shown again.'
          : 'The value that there is cannot be shown: write the new one, or the same.'
      }
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
        <Labelled label="Name" hint="Also the variable in which the agent finds a placeholder." wrong={wrong('name')}>
          {(control) => (
            <Input
              {...control}
              autoFocus={secret === null}
              disabled={secret !== null}
              spellCheck={false}
              className="font-mono"
              placeholder="GITHUB_TOKEN"
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Labelled>
        <Labelled label="Value" wrong={wrong('value')}>
          {(control) => (
            <Input
              {...control}
              autoFocus={secret !== null}
              type="password"
              autoComplete="new-password"
              value={value}
              onChange={(event) => setValue(event.target.value)}
            />
          )}
        </Labelled>
        <Labelled
          label="Hosts that it may be sent to"
          hint="As api.github.com or *.example.com; Enter after each."
          wrong={wrong('hosts')}
        >
          {(control) => (
            <ChipsInput {...control} mono values={hosts} onChange={setHosts} placeholder="api.github.com" />
          )}
        </Labelled>
        <Labelled label="What it is for" wrong={wrong('description')}>
          {(control) => (
            <Input {...control} value={description} onChange={(event) => setDescription(event.target.value)} />
          )}
        </Labelled>
        {told !== null && (
          <p role="alert" className="text-bad text-sm">
            {told.title}. <span className="text-ink-2">{[told.detail, told.remedy].filter(Boolean).join(' ')}</span>
          </p>
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" disabled={busy || name.trim() === ''}>
            Set
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
