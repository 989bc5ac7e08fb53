import { Check, Pencil } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import type { Json, Permission } from '../../../api/types.ts';
import { useAnswer } from '../../../app/use-answer.ts';
import { DiffView } from '../../../code/diff-view.tsx';
import { languageOfPath } from '../../../code/languages.ts';
import { Button } from '../../../ui/button.tsx';
import { Input, Label, Textarea } from '../../../ui/field.tsx';
import { Keys } from '../../../ui/keys.tsx';
import { Pre } from '../../../ui/pre.tsx';
import { Tooltip } from '../../../ui/tooltip.tsx';
import { JsonView } from '../tools/bodies.tsx';
import { changeOf } from '../tools/outcome.ts';
import { onAnswerKey } from './answer-keys.ts';

/** May this tool be used so? Allowed once or for the session, with another input, or denied with a word to the agent. */
export function ToolQuestion({ permission }: { permission: Permission }) {
  const [mode, setMode] = useState<'ask' | 'edit' | 'deny'>('ask');
  const answer = useAnswer(permission.sessionId, permission.id);
  const allow = (scope: 'once' | 'session', updatedInput?: Json) =>
    answer.mutate({ behavior: 'allow', scope, ...(updatedInput === undefined ? {} : { updatedInput }) });
  const latest = useRef({ allow: () => {}, deny: () => {} });
  latest.current = { allow: () => allow('once'), deny: () => setMode('deny') };
  useEffect(
    () =>
      onAnswerKey(permission.id, {
        allow: () => latest.current.allow(),
        deny: () => latest.current.deny(),
      }),
    [permission.id],
  );
  const busy = answer.isPending;
  const rules = permission.rules ?? [];
  return (
    <>
      {mode !== 'edit' && <Wanted permission={permission} />}
      {mode === 'ask' && (
        <div className="mt-3 flex flex-wrap items-center gap-2">
          <Button look="primary" disabled={busy} onClick={() => allow('once')}>
            <Check /> Allow <Keys keys="a" on="accent" className="max-sm:hidden" />
          </Button>
          <Button
            look="dangerGhost"
            disabled={busy}
            onClick={() => setMode('deny')}
            className="sm:order-last sm:ml-auto"
          >
            Deny <Keys keys="d" className="max-sm:hidden" />
          </Button>
          {rules.length > 0 && (
            <Tooltip
              label={
                <span>
                  Not asked again in this session: <span className="font-mono">{rules.join(', ')}</span>
                </span>
              }
            >
              <Button disabled={busy} onClick={() => allow('session')}>
                Allow for this session
              </Button>
            </Tooltip>
          )}
          <Button look="ghost" disabled={busy} onClick={() => setMode('edit')}>
            <Pencil /> Edit
          </Button>
        </div>
      )}
      {mode === 'edit' && (
        <EditInput
          permission={permission}
          busy={busy}
          onCancel={() => setMode('ask')}
          onAllow={(input) => allow('once', input)}
        />
      )}
      {mode === 'deny' && (
        <Deny
          busy={busy}
          onCancel={() => setMode('ask')}
          onDeny={(message, interrupt) =>
            answer.mutate({ behavior: 'deny', ...(message === '' ? {} : { message }), interrupt })
          }
        />
      )}
    </>
  );
}

const CHANGES = new Set(['Edit', 'MultiEdit', 'Write', 'NotebookEdit']);

/** What it would do, in the form in which it would be shown. */
function Wanted({ permission: { tool, input } }: { permission: Permission }) {
  if (tool === 'Bash')
    return (
      <Pre className="whitespace-pre-wrap break-words rounded-lg border bg-surface px-3 py-2 text-xs leading-5">
        <span className="select-none text-ink-3">$ </span>
        {String(input.command ?? '')}
      </Pre>
    );
  if (CHANGES.has(tool)) {
    const path = String(input.file_path ?? '');
    return (
      <div className="overflow-hidden rounded-lg border bg-surface">
        <p className="truncate border-b px-3 py-1.5 font-mono text-ink-2 text-xs">{path}</p>
        <div className="max-h-72 overflow-auto">
          <DiffView lines={changeOf({ name: tool, input, structured: null })} language={languageOfPath(path)} />
        </div>
      </div>
    );
  }
  return (
    <div className="overflow-hidden rounded-lg border bg-surface">
      <JsonView value={input} className="max-h-60" />
    </div>
  );
}

function EditInput({
  permission,
  busy,
  onCancel,
  onAllow,
}: {
  permission: Permission;
  busy: boolean;
  onCancel: () => void;
  onAllow: (input: Json) => void;
}) {
  const command = permission.tool === 'Bash' ? String(permission.input.command ?? '') : null;
  const [text, setText] = useState(command ?? JSON.stringify(permission.input, null, 2));
  const [wrong, setWrong] = useState<string | null>(null);
  const id = useId();
  const submit = () => {
    if (command !== null) return onAllow({ ...permission.input, command: text });
    try {
      const value = JSON.parse(text) as unknown;
      if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('It must be an object.');
      onAllow(value as Json);
    } catch (error) {
      setWrong((error as Error).message);
    }
  };
  return (
    <>
      <Label htmlFor={id}>{command === null ? 'What the tool is given, as JSON' : 'The command'}</Label>
      <Textarea
        id={id}
        autoFocus
        value={text}
        onChange={(event) => setText(event.target.value)}
        rows={Math.min(16, text.split('\n').length + 1)}
        spellCheck={false}
        aria-invalid={wrong !== null}
        className="font-mono text-xs"
      />
      {wrong !== null && <p className="mt-1 text-bad text-xs">{wrong}</p>}
      <div className="mt-2 flex gap-2">
        <Button look="primary" disabled={busy} onClick={submit}>
          Allow with this
        </Button>
        <Button look="ghost" onClick={onCancel}>
          Back
        </Button>
      </div>
    </>
  );
}

function Deny({
  busy,
  onCancel,
  onDeny,
}: {
  busy: boolean;
  onCancel: () => void;
  onDeny: (message: string, interrupt: boolean) => void;
}) {
  const [message, setMessage] = useState('');
  const id = useId();
  return (
    <form
      className="mt-3"
      onSubmit={(event) => {
        event.preventDefault();
        onDeny(message, false);
      }}
      onKeyDown={(event) => event.key === 'Escape' && onCancel()}
    >
      <Label htmlFor={id}>What the agent should do instead (it is told; may be empty)</Label>
      <Input id={id} autoFocus value={message} onChange={(event) => setMessage(event.target.value)} />
      <div className="mt-2 flex flex-wrap gap-2">
        <Button look="danger" type="submit" disabled={busy}>
          Deny
        </Button>
        <Button disabled={busy} onClick={() => onDeny(message, true)}>
          Deny and stop the turn
        </Button>
        <Button look="ghost" onClick={onCancel}>
          Back
        </Button>
      </div>
    </form>
  );
}
