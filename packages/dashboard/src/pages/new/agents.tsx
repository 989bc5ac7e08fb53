import { Plus, Trash2 } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import { ChipsInput } from '../../ui/chips-input.tsx';
import { Input, Textarea } from '../../ui/field.tsx';
import { Labelled } from '../../ui/labelled.tsx';
import type { DraftAgent } from './draft.ts';
import { useForm } from './form-context.ts';

/** Who works in a single container. The coordinator is there whether it is described or not. */
export function Agents() {
  const { draft, change, wrong } = useForm();
  const set = (n: number, agent: Partial<DraftAgent>) =>
    change({ agents: draft.agents.map((one, i) => (i === n ? { ...one, ...agent } : one)) });
  return (
    <div className="space-y-3" data-wrong={wrong.agents === undefined ? undefined : ''}>
      <p className="text-ink-2 text-sm">
        Each has a conversation of its own; all have one workspace and can write to each other. Messages go to the{' '}
        <code className="text-xs">coordinator</code> unless they name another.
      </p>
      {wrong.agents !== undefined && <p className="text-bad text-xs">{wrong.agents}</p>}
      {draft.agents.map((agent, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: its name is being written
        <fieldset key={n} className="rounded-lg border p-3">
          <legend className="sr-only">Agent {agent.name || n + 1}</legend>
          <div className="grid gap-3 sm:grid-cols-[10rem_1fr_auto]">
            <Labelled label="Name">
              {(control) => (
                <Input
                  {...control}
                  spellCheck={false}
                  className="font-mono text-xs"
                  value={agent.name}
                  onChange={(event) => set(n, { name: event.target.value })}
                />
              )}
            </Labelled>
            <Labelled label="What it is there for">
              {(control) => (
                <Input
                  {...control}
                  value={agent.description}
                  onChange={(event) => set(n, { description: event.target.value })}
                />
              )}
            </Labelled>
            <Button
              look="ghost"
              size="icon"
              aria-label={`Remove agent ${agent.name || n + 1}`}
              onClick={() => change({ agents: draft.agents.filter((_, i) => i !== n) })}
              className="self-end"
            >
              <Trash2 />
            </Button>
          </div>
          <Labelled label="System prompt" className="mt-3">
            {(control) => (
              <Textarea
                {...control}
                rows={2}
                value={agent.systemPrompt}
                onChange={(event) => set(n, { systemPrompt: event.target.value })}
              />
            )}
          </Labelled>
          <Labelled label="Tools; empty: those of the session" className="mt-3">
            {(control) => <ChipsInput {...control} mono values={agent.tools} onChange={(tools) => set(n, { tools })} />}
          </Labelled>
        </fieldset>
      ))}
      <Button
        size="sm"
        onClick={() =>
          change({ agents: [...draft.agents, { name: '', description: '', systemPrompt: '', tools: [] }] })
        }
      >
        <Plus /> Add an agent
      </Button>
    </div>
  );
}
