import { useQuery } from '@tanstack/react-query';
import { sessionListQuery } from '../../api/queries.ts';
import type { SessionPattern } from '../../api/types.ts';
import { PATTERNS } from '../../format/patterns.ts';
import { isLive, PATTERN_WORDS, sessionTitle, shortId } from '../../format/status.ts';
import { ChipsInput } from '../../ui/chips-input.tsx';
import { Input, Select, Textarea } from '../../ui/field.tsx';
import { Labelled } from '../../ui/labelled.tsx';
import { Segments } from '../../ui/segments.tsx';
import type { ScheduleDraft } from './draft.ts';

const TOOLS = ['Read', 'Write', 'Edit', 'Glob', 'Grep', 'Bash', 'WebSearch', 'WebFetch'];
const OFFERED = 200;

/** Whom the message goes to: a session that is there, or one that is made for each run. */
export function TargetFields({
  draft,
  change,
  wrong,
  wrongSession,
}: {
  draft: ScheduleDraft;
  change: (more: Partial<ScheduleDraft>) => void;
  wrong: (path: string) => string | undefined;
  wrongSession: string | undefined;
}) {
  return (
    <div className="space-y-3">
      <div className="flex">
        <Segments
          label="To"
          value={draft.target}
          options={[
            ['create', 'A new session each time'],
            ['session', 'A session that is there'],
          ]}
          onChange={(target) => change({ target })}
        />
      </div>
      {draft.target === 'session' ? (
        <Existing draft={draft} change={change} wrong={wrongSession ?? wrong('target.sessionId')} />
      ) : (
        <>
          <div className="grid gap-4 sm:grid-cols-3">
            <Labelled label="Pattern" wrong={wrong('target.create.pattern')}>
              {(control) => (
                <Select
                  {...control}
                  value={draft.pattern}
                  onChange={(event) => change({ pattern: event.target.value as SessionPattern })}
                >
                  {PATTERNS.map(({ pattern, name }) => (
                    <option key={pattern} value={pattern}>
                      {name}
                    </option>
                  ))}
                </Select>
              )}
            </Labelled>
            <Labelled label="Model" wrong={wrong('target.create.config.model')}>
              {(control) => (
                <Input
                  {...control}
                  placeholder="the default"
                  spellCheck={false}
                  autoCapitalize="off"
                  value={draft.model}
                  onChange={(event) => change({ model: event.target.value })}
                />
              )}
            </Labelled>
            <Labelled label="Budget of each, USD" wrong={wrong('target.create.maxBudgetUsd')}>
              {(control) => (
                <Input
                  {...control}
                  type="number"
                  step="any"
                  inputMode="decimal"
                  value={draft.budget}
                  onChange={(event) => change({ budget: event.target.value })}
                />
              )}
            </Labelled>
          </div>
          <Labelled
            label="Tools that run without asking"
            hint="At night nobody may be there to be asked for the others."
            wrong={wrong('target.create.config.allowedTools')}
          >
            {(control) => (
              <ChipsInput
                {...control}
                mono
                values={draft.allow}
                suggestions={TOOLS}
                onChange={(allow) => change({ allow })}
              />
            )}
          </Labelled>
          <Labelled label="System prompt" wrong={wrong('target.create.config.systemPrompt')}>
            {(control) => (
              <Textarea
                {...control}
                rows={2}
                placeholder="Who it is, and what it should keep to"
                value={draft.systemPrompt}
                onChange={(event) => change({ systemPrompt: event.target.value })}
              />
            )}
          </Labelled>
        </>
      )}
    </div>
  );
}

function Existing({
  draft,
  change,
  wrong,
}: {
  draft: ScheduleDraft;
  change: (more: Partial<ScheduleDraft>) => void;
  wrong: string | undefined;
}) {
  const { data } = useQuery({ ...sessionListQuery({ limit: OFFERED }), refetchInterval: false });
  const sessions = (data?.sessions ?? []).filter((one) => isLive(one) && one.pattern !== 'ephemeral');
  const chosen = sessions.find(({ id }) => id === draft.sessionId);
  return (
    <div className="grid gap-4 sm:grid-cols-3">
      <Labelled
        label="Session"
        hint={
          data !== undefined && sessions.length === 0
            ? 'There is none that stays: an ephemeral one is over at once.'
            : undefined
        }
        wrong={wrong}
        className="sm:col-span-2"
      >
        {(control) => (
          <Select
            {...control}
            value={draft.sessionId}
            onChange={(event) => change({ sessionId: event.target.value, agent: '' })}
          >
            <option value="">Choose one</option>
            {draft.sessionId !== '' && chosen === undefined && (
              <option value={draft.sessionId}>{shortId(draft.sessionId)}</option>
            )}
            {sessions.map((session) => (
              <option key={session.id} value={session.id}>
                {sessionTitle(session)} · {PATTERN_WORDS[session.pattern]} · {session.id.slice(-6)}
              </option>
            ))}
          </Select>
        )}
      </Labelled>
      {(chosen?.pattern === 'single-container' || draft.agent !== '') && (
        <Labelled label="Agent" hint="Empty: its coordinator.">
          {(control) => (
            <Input {...control} value={draft.agent} onChange={(event) => change({ agent: event.target.value })} />
          )}
        </Labelled>
      )}
    </div>
  );
}
