/** What the session has from outside, and whom it may reach. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Plus, Trash2 } from 'lucide-react';
import { secretsQuery } from '../../api/queries.ts';
import { Button } from '../../ui/button.tsx';
import { ChipsInput } from '../../ui/chips-input.tsx';
import { Input, Select } from '../../ui/field.tsx';
import { Labelled } from '../../ui/labelled.tsx';
import type { DraftServer } from './draft.ts';
import { useForm } from './form-context.ts';

export function Git() {
  const { draft, change, wrong } = useForm();
  const { data: secrets } = useQuery(secretsQuery);
  return (
    <div className="grid gap-4 sm:grid-cols-[1fr_10rem]">
      <Labelled label="Repository, over https" hint="The workspace begins as a clone of it." wrong={wrong.git}>
        {(control) => (
          <Input
            {...control}
            type="url"
            placeholder="https://github.com/owner/name.git"
            value={draft.git}
            onChange={(event) => change({ git: event.target.value })}
          />
        )}
      </Labelled>
      <Labelled label="Branch, tag or commit" wrong={wrong.gitRef}>
        {(control) => (
          <Input
            {...control}
            placeholder="HEAD"
            value={draft.gitRef}
            onChange={(event) => change({ gitRef: event.target.value })}
          />
        )}
      </Labelled>
      <Labelled
        label="Password"
        hint="A secret of the vault; empty for a public repository."
        wrong={wrong.gitSecret}
        className="sm:max-w-72"
      >
        {(control) => (
          <Select {...control} value={draft.gitSecret} onChange={(event) => change({ gitSecret: event.target.value })}>
            <option value="">none</option>
            {secrets?.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </Select>
        )}
      </Labelled>
    </div>
  );
}

export function Network() {
  const { draft, change, wrong } = useForm();
  return (
    <Labelled
      label="Hosts that may be reached"
      hint="As host, *.host or host:port. None unless named; those of MCP servers and secrets are added by themselves."
      wrong={wrong.network}
    >
      {(control) => (
        <ChipsInput
          {...control}
          mono
          values={draft.network}
          onChange={(network) => change({ network })}
          suggestions={['registry.npmjs.org', 'pypi.org', 'github.com']}
        />
      )}
    </Labelled>
  );
}

export function Secrets() {
  const { draft, change, wrong } = useForm();
  const { data, error } = useQuery(secretsQuery);
  const toggle = (name: string) =>
    change({
      secrets: draft.secrets.includes(name) ? draft.secrets.filter((one) => one !== name) : [...draft.secrets, name],
    });
  return (
    <fieldset data-wrong={wrong.secrets === undefined ? undefined : ''}>
      <legend className="mb-2 text-ink-2 text-sm">
        The agent sees a placeholder; the value is put in outside the sandbox, for the hosts that it is bound to.
      </legend>
      {wrong.secrets !== undefined && <p className="mb-2 text-bad text-xs">{wrong.secrets}</p>}
      {error !== null && <p className="text-bad text-xs">The vault could not be read.</p>}
      {data?.length === 0 && <p className="text-ink-3 text-sm">The vault is empty.</p>}
      <div className="space-y-1.5">
        {data?.map(({ name, hosts }) => (
          <label key={name} className="flex items-baseline gap-2.5 text-sm">
            <input
              type="checkbox"
              checked={draft.secrets.includes(name)}
              onChange={() => toggle(name)}
              className="size-4 translate-y-0.5 accent-accent"
            />
            <span className="font-mono text-xs">{name}</span>
            <span className="min-w-0 truncate text-ink-3 text-xs">{hosts.join(', ')}</span>
          </label>
        ))}
      </div>
      <Link to="/settings" hash="secrets" className="mt-3 inline-block text-ink-2 text-xs underline hover:text-ink">
        The vault
      </Link>
    </fieldset>
  );
}

export function McpServers() {
  const { draft, change, wrong } = useForm();
  const set = (n: number, server: Partial<DraftServer>) =>
    change({ servers: draft.servers.map((one, i) => (i === n ? { ...one, ...server } : one)) });
  return (
    <div className="space-y-3" data-wrong={wrong.servers === undefined ? undefined : ''}>
      {wrong.servers !== undefined && <p className="text-bad text-xs">{wrong.servers}</p>}
      {draft.servers.map((server, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: its name is being written
        <fieldset key={n} className="grid grid-cols-[1fr_7rem_auto] gap-3 sm:grid-cols-[9rem_6.5rem_1fr_auto]">
          <legend className="sr-only">MCP server {server.name || n + 1}</legend>
          <Labelled label="Name">
            {(control) => (
              <Input
                {...control}
                spellCheck={false}
                value={server.name}
                onChange={(event) => set(n, { name: event.target.value })}
              />
            )}
          </Labelled>
          <Labelled label="Over">
            {(control) => (
              <Select
                {...control}
                value={server.type}
                onChange={(event) => set(n, { type: event.target.value as DraftServer['type'] })}
              >
                <option value="http">HTTP</option>
                <option value="sse">SSE</option>
                <option value="stdio">a command</option>
              </Select>
            )}
          </Labelled>
          <Labelled
            label={server.type === 'stdio' ? 'Command, inside the sandbox' : 'Address'}
            className="max-sm:order-last max-sm:col-span-3"
          >
            {(control) => (
              <Input
                {...control}
                spellCheck={false}
                placeholder={server.type === 'stdio' ? 'npx -y some-server' : 'https://mcp.example.com/mcp'}
                value={server.target}
                onChange={(event) => set(n, { target: event.target.value })}
              />
            )}
          </Labelled>
          <Button
            look="ghost"
            size="icon"
            aria-label={`Remove MCP server ${server.name || n + 1}`}
            onClick={() => change({ servers: draft.servers.filter((_, i) => i !== n) })}
            className="self-end"
          >
            <Trash2 />
          </Button>
        </fieldset>
      ))}
      <Button size="sm" onClick={() => change({ servers: [...draft.servers, { name: '', type: 'http', target: '' }] })}>
        <Plus /> Add an MCP server
      </Button>
    </div>
  );
}

export function Labels() {
  const { draft, change, wrong } = useForm();
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Labelled label="Tags" wrong={wrong.tags}>
        {(control) => <ChipsInput {...control} values={draft.tags} onChange={(tags) => change({ tags })} />}
      </Labelled>
      <Labelled label="User" hint="Whose it is: budgets of users count it." wrong={wrong.user}>
        {(control) => (
          <Input {...control} value={draft.user} onChange={(event) => change({ user: event.target.value })} />
        )}
      </Labelled>
      <Labelled label="Conversation" hint="An id of yours." wrong={wrong.conversation}>
        {(control) => (
          <Input
            {...control}
            value={draft.conversation}
            onChange={(event) => change({ conversation: event.target.value })}
          />
        )}
      </Labelled>
      <Labelled label="Labels of its runner" hint="It waits until a runner has all of them." wrong={wrong.runnerLabels}>
        {(control) => (
          <ChipsInput
            {...control}
            mono
            values={draft.runnerLabels}
            onChange={(runnerLabels) => change({ runnerLabels })}
          />
        )}
      </Labelled>
    </div>
  );
}
