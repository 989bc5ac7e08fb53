import { useQuery, useQueryClient } from '@tanstack/react-query';
import { KeyRound, LogOut, Plus, RotateCw, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { rigger } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { apiKeysQuery, whoamiQuery } from '../../api/queries.ts';
import type { ApiKey, NewApiKey } from '../../api/types.ts';
import { useCommands } from '../../app/commands.ts';
import { useTitle } from '../../app/title.ts';
import { exactTime } from '../../format/time.ts';
import { Button } from '../../ui/button.tsx';
import { cn } from '../../ui/cn.ts';
import { Confirm } from '../../ui/confirm.tsx';
import { Keys } from '../../ui/keys.tsx';
import { PageHeader } from '../../ui/page.tsx';
import { PageBody, Panel, Section } from '../../ui/section.tsx';
import { Empty, Failed, Skeleton } from '../../ui/states.tsx';
import { toast } from '../../ui/toast.tsx';
import { Tooltip } from '../../ui/tooltip.tsx';
import { Ago } from '../../ui/values.tsx';
import { KeyForm, KeyShown } from './form.tsx';

const CURL = (origin: string) => `rigger keys create --name ci
curl -s ${origin}/api/sessions -H "authorization: Bearer $RIGGER_API_KEY"`;

/** How a key stands, in few words. */
function stateOf({ revokedAt, expiresAt }: ApiKey): { words: string; good: boolean } {
  if (revokedAt !== null) return { words: 'revoked', good: false };
  if (expiresAt === null) return { words: 'good', good: true };
  const over = new Date(expiresAt) <= new Date();
  return { words: `${over ? 'expired' : 'until'} ${exactTime(expiresAt)}`, good: !over };
}

/** Who may call the API, and what each may. */
export function KeysPage() {
  useTitle('Keys');
  const client = useQueryClient();
  const { data: caller } = useQuery(whoamiQuery);
  const { data, error, refetch } = useQuery(apiKeysQuery);
  const [making, setMaking] = useState(false);
  const [fresh, setFresh] = useState<NewApiKey | null>(null);
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  const [rotating, setRotating] = useState<ApiKey | null>(null);
  const [withRevoked, setWithRevoked] = useState(false);
  useCommands([
    { id: 'new key', title: 'Make a key', group: 'Keys', keys: 'n', icon: Plus, run: () => setMaking(true) },
  ]);
  const again = () => client.invalidateQueries({ queryKey: keys.apiKeys });
  const add = (
    <Button look="primary" onClick={() => setMaking(true)}>
      <Plus /> Make a key <Keys keys="n" on="accent" className="max-sm:hidden" />
    </Button>
  );
  const shown = data?.filter((one) => withRevoked || one.revokedAt === null);
  const revoked = data?.filter((one) => one.revokedAt !== null).length ?? 0;
  return (
    <>
      <PageHeader title="Keys" actions={data !== undefined && data.length > 0 && add} />
      <PageBody className="max-w-4xl space-y-8">
        {caller !== undefined && (
          <div className="flex flex-wrap items-center gap-3 rounded-lg border px-4 py-3 text-sm">
            <p className="min-w-0 flex-1 basis-60 text-ink-2">
              {caller.open ? (
                'This server listens to its own machine and has no key, so it asks nobody for one. The first key closes it: this page signs in with it.'
              ) : (
                <>
                  You are <b className="font-medium text-ink">{caller.name}</b> of the tenant {caller.tenant}, with{' '}
                  {caller.scopes.length === 1 ? 'the scope' : 'the scopes'} {caller.scopes.join(', ')}.
                </>
              )}
            </p>
            {!caller.open && (
              <Button
                onClick={async () => {
                  await rigger.request('POST', '/api/logout', {});
                  location.reload();
                }}
              >
                <LogOut /> Sign out
              </Button>
            )}
          </div>
        )}
        <Section
          title="API keys"
          action={
            revoked > 0 && (
              <Button look="ghost" size="sm" onClick={() => setWithRevoked(!withRevoked)}>
                {withRevoked ? 'Hide revoked' : `Show ${revoked} revoked`}
              </Button>
            )
          }
        >
          <Panel>
            {error !== null && data === undefined ? (
              <Failed error={error} onRetry={() => void refetch()} className="py-8" />
            ) : shown === undefined ? (
              <div className="p-4" role="status" aria-label="Loading">
                <Skeleton className="w-1/2" />
              </div>
            ) : shown.length === 0 ? (
              <Empty icon={KeyRound} title="No key" className="py-8" curl={CURL(location.origin)} action={add}>
                A key lets a program or a person call this server: to read, to write, or as an admin.
              </Empty>
            ) : (
              <ul className="divide-y" aria-label="Keys">
                {shown.map((one) => (
                  <Row key={one.id} one={one} onRotate={() => setRotating(one)} onRevoke={() => setRevoking(one)} />
                ))}
              </ul>
            )}
          </Panel>
        </Section>
      </PageBody>
      {making && <KeyForm caller={caller} onClose={() => setMaking(false)} onMade={setFresh} />}
      {fresh !== null && <KeyShown made={fresh} onClose={() => setFresh(null)} />}
      {rotating !== null && (
        <Confirm
          open
          onOpenChange={(open) => !open && setRotating(null)}
          title={`Give ${rotating.name} a new secret?`}
          description="The former one is good for a day beside it, so that whoever uses it can be given the new one without a gap."
          action="Rotate"
          onConfirm={async () => {
            setFresh(await rigger.keys.rotate(rotating.id));
            await again();
          }}
        />
      )}
      {revoking !== null && (
        <Confirm
          open
          onOpenChange={(open) => !open && setRevoking(null)}
          title={`Revoke ${revoking.name}?`}
          description="It is refused at once and for good, and whatever it has open ends within seconds."
          action="Revoke"
          onConfirm={async () => {
            await rigger.keys.revoke(revoking.id);
            toast({ title: `${revoking.name} is revoked` });
            await again();
          }}
        />
      )}
    </>
  );
}

function Row({ one, onRotate, onRevoke }: { one: ApiKey; onRotate: () => void; onRevoke: () => void }) {
  const { words, good } = stateOf(one);
  return (
    <li className="flex items-center gap-3 px-4 py-2.5">
      <div className="min-w-0 flex-1">
        <p className="flex min-w-0 items-baseline gap-3">
          <span className="min-w-0 truncate font-medium text-sm">{one.name}</span>
          <span className="shrink-0 font-mono text-2xs text-ink-3">{one.prefix}…</span>
        </p>
        <p className="truncate text-ink-2 text-xs">
          {one.scopes.join(', ')} · <span className={cn(!good && 'text-bad')}>{words}</span>
          {one.createdBy !== null && ` · made by ${one.createdBy}`}
        </p>
      </div>
      <span className="shrink-0 text-ink-3 text-xs max-sm:hidden">
        {one.lastUsedAt === null ? (
          'never used'
        ) : (
          <>
            used <Ago at={one.lastUsedAt} />
          </>
        )}
      </span>
      {one.revokedAt === null && (
        <>
          <Tooltip label="New secret">
            <Button look="ghost" size="iconSm" aria-label={`Rotate ${one.name}`} onClick={onRotate}>
              <RotateCw />
            </Button>
          </Tooltip>
          <Tooltip label="Revoke">
            <Button look="ghost" size="iconSm" aria-label={`Revoke ${one.name}`} onClick={onRevoke}>
              <Trash2 />
            </Button>
          </Tooltip>
        </>
      )}
    </li>
  );
}
