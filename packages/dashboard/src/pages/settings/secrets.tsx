import { useQuery, useQueryClient } from '@tanstack/react-query';
import { KeyRound, Pencil, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { rigger } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { secretsQuery } from '../../api/queries.ts';
import type { Secret } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { Panel, Section } from '../../ui/section.tsx';
import { Empty, Failed, Skeleton } from '../../ui/states.tsx';
import { toast } from '../../ui/toast.tsx';
import { Tooltip } from '../../ui/tooltip.tsx';
import { Ago } from '../../ui/values.tsx';
import { SecretForm } from './secret-form.tsx';

const CURL = (
  origin: string,
) => `curl -s -X PUT ${origin}/api/secrets/GITHUB_TOKEN -H 'Content-Type: application/json' \\
  -d '{ "value": "…", "hosts": ["api.github.com"] }'`;

/** The vault. Nobody is shown a value again, not even who set it. */
export function Secrets() {
  const client = useQueryClient();
  const { data, error, refetch } = useQuery(secretsQuery);
  const [editing, setEditing] = useState<Secret | 'new' | null>(null);
  const [removing, setRemoving] = useState<Secret | null>(null);
  return (
    <Section
      id="secrets"
      title="Secrets"
      beside="What agents may use without seeing it."
      action={
        data !== undefined &&
        data.length > 0 && (
          <Button size="sm" onClick={() => setEditing('new')}>
            <Plus /> Add a secret
          </Button>
        )
      }
    >
      <Panel>
        {error !== null && data === undefined ? (
          <Failed error={error} onRetry={() => void refetch()} className="py-8" />
        ) : data === undefined ? (
          <div className="p-4">
            <Skeleton className="w-1/2" />
          </div>
        ) : data.length === 0 ? (
          <Empty
            icon={KeyRound}
            title="The vault is empty"
            className="py-8"
            curl={CURL(location.origin)}
            action={
              <Button look="primary" onClick={() => setEditing('new')}>
                <Plus /> Add a secret
              </Button>
            }
          >
            A session that names a secret has a placeholder of it in its sandbox. The value is put in outside, only for
            the hosts that the secret is bound to.
          </Empty>
        ) : (
          <ul className="divide-y">
            {data.map((secret) => (
              <li key={secret.name} className="flex items-center gap-3 px-4 py-2.5">
                <div className="min-w-0 flex-1">
                  <p className="flex min-w-0 items-baseline gap-3">
                    <span className="shrink-0 font-mono text-sm">{secret.name}</span>
                    <span className="min-w-0 truncate text-ink-3 text-xs">{secret.description}</span>
                  </p>
                  <p className="truncate text-ink-2 text-xs">for {secret.hosts.join(', ')}</p>
                </div>
                <Ago at={secret.updatedAt} className="text-ink-3 text-xs" />
                <Tooltip label="New value or hosts">
                  <Button
                    look="ghost"
                    size="iconSm"
                    aria-label={`Change ${secret.name}`}
                    onClick={() => setEditing(secret)}
                  >
                    <Pencil />
                  </Button>
                </Tooltip>
                <Tooltip label="Delete">
                  <Button
                    look="ghost"
                    size="iconSm"
                    aria-label={`Delete ${secret.name}`}
                    onClick={() => setRemoving(secret)}
                  >
                    <Trash2 />
                  </Button>
                </Tooltip>
              </li>
            ))}
          </ul>
        )}
      </Panel>
      {editing !== null && <SecretForm secret={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}
      {removing !== null && (
        <Confirm
          open
          onOpenChange={(open) => !open && setRemoving(null)}
          title={`Delete ${removing.name}?`}
          description="Its value is gone for good, and sessions that use it are let through to no host with it."
          action="Delete"
          onConfirm={async () => {
            await rigger.secrets.delete(removing.name);
            toast({ title: `${removing.name} is deleted` });
            await client.invalidateQueries({ queryKey: keys.secrets });
          }}
        />
      )}
    </Section>
  );
}
