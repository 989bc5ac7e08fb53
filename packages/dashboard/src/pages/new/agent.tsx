import { useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import { usageQuery } from '../../api/queries.ts';
import { ChipsInput } from '../../ui/chips-input.tsx';
import { Input, Select, Textarea } from '../../ui/field.tsx';
import { Labelled } from '../../ui/labelled.tsx';
import type { Draft } from './draft.ts';
import { useForm } from './form-context.ts';

/** Tools that the agent's program brings with it. */
const TOOLS = ['Read', 'Write', 'Edit', 'Glob', 'Grep', 'Bash', 'WebSearch', 'WebFetch', 'Task'];
const RISKY = ['Bash(git push *)', 'Bash(npm publish *)', 'WebFetch'];
const MODES: [Draft['permissionMode'], string][] = [
  ['', 'Other tools ask a person'],
  ['acceptEdits', 'Changes of files run; other tools ask'],
  ['plan', 'It plans, and changes nothing'],
  ['dontAsk', 'Other tools are refused, and nobody is asked'],
];

/** Who it is, and what it may do. */
export function Agent() {
  const { draft, change, wrong } = useForm();
  const models = useId();
  const { data } = useQuery({
    ...usageQuery({ groupBy: 'model', limit: 20 }),
    refetchInterval: false,
    staleTime: 60_000,
  });
  const used = data?.rows.flatMap(({ model }) => model ?? []) ?? [];
  return (
    <div className="space-y-4">
      <div className="grid gap-4 sm:grid-cols-2">
        <Labelled label="Model" hint="As sonnet, or a full name. Empty: the agent’s default." wrong={wrong.model}>
          {(control) => (
            <>
              <Input
                {...control}
                list={models}
                placeholder="the default"
                spellCheck={false}
                autoCapitalize="off"
                value={draft.model}
                onChange={(event) => change({ model: event.target.value })}
              />
              <datalist id={models}>
                {[...new Set([...used, 'sonnet', 'opus', 'haiku'])].map((model) => (
                  <option key={model} value={model} />
                ))}
              </datalist>
            </>
          )}
        </Labelled>
        <Labelled label="Tools that are not named" wrong={wrong.permissionMode}>
          {(control) => (
            <Select
              {...control}
              value={draft.permissionMode}
              onChange={(event) => change({ permissionMode: event.target.value as Draft['permissionMode'] })}
            >
              {MODES.map(([mode, words]) => (
                <option key={mode} value={mode}>
                  {words}
                </option>
              ))}
            </Select>
          )}
        </Labelled>
      </div>
      <Labelled label="System prompt" wrong={wrong.systemPrompt}>
        {(control) => (
          <Textarea
            {...control}
            rows={3}
            placeholder="Who it is, and what it should keep to"
            value={draft.systemPrompt}
            onChange={(event) => change({ systemPrompt: event.target.value })}
          />
        )}
      </Labelled>
      <Labelled label="Allow: run without asking" wrong={wrong.allow}>
        {(control) => (
          <ChipsInput
            {...control}
            mono
            values={draft.allow}
            suggestions={TOOLS}
            onChange={(allow) => change({ allow })}
            placeholder="Read, Bash(npm test *)"
          />
        )}
      </Labelled>
      <div className="grid gap-4 sm:grid-cols-2">
        <Labelled label="Ask: a person answers, whatever allows it" wrong={wrong.ask}>
          {(control) => (
            <ChipsInput
              {...control}
              mono
              values={draft.ask}
              suggestions={RISKY.slice(0, 2)}
              onChange={(ask) => change({ ask })}
            />
          )}
        </Labelled>
        <Labelled label="Deny: refused always" wrong={wrong.deny}>
          {(control) => (
            <ChipsInput
              {...control}
              mono
              values={draft.deny}
              suggestions={RISKY.slice(2)}
              onChange={(deny) => change({ deny })}
            />
          )}
        </Labelled>
      </div>
    </div>
  );
}
