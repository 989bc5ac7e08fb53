import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Check, Hand } from 'lucide-react';
import { useId, useState } from 'react';
import { sessionQuery } from '../../api/queries.ts';
import type { Permission } from '../../api/types.ts';
import { useCommands } from '../../app/commands.ts';
import { useAnswer } from '../../app/use-answer.ts';
import { sessionTitle, shortId } from '../../format/status.ts';
import { Button } from '../../ui/button.tsx';
import { Input } from '../../ui/field.tsx';
import { Keys } from '../../ui/keys.tsx';
import { Pre } from '../../ui/pre.tsx';
import { Ago } from '../../ui/values.tsx';

/** What the tool would be given, in a few lines: the whole of it is in its session. */
function wanted({ tool, input }: Permission): string {
  if (typeof input.command === 'string') return input.command;
  const path = input.file_path ?? input.notebook_path;
  if (typeof path === 'string') {
    const text = input.content ?? input.new_string ?? input.new_source;
    return typeof text === 'string' ? `${path}\n\n${text}` : path;
  }
  if (typeof input.url === 'string') return input.url;
  if (typeof input.query === 'string') return input.query;
  return Object.keys(input).length === 0 ? tool : JSON.stringify(input, null, 2);
}

const VERBS: Record<string, string> = {
  Bash: 'wants to run',
  Write: 'wants to write',
  Edit: 'wants to change',
  WebFetch: 'wants to fetch',
  WebSearch: 'wants to search for',
};

/** A request for permission, answered where it stands. The first of them has the keys. */
export function PermissionRow({ permission, isFirst }: { permission: Permission; isFirst: boolean }) {
  const { sessionId, kind, tool, title, agent, requestedAt, reason } = permission;
  const { data: session } = useQuery({ ...sessionQuery(sessionId), staleTime: 60_000 });
  const answer = useAnswer(sessionId, permission.id);
  const [denying, setDenying] = useState(false);
  const isTool = kind === 'tool';
  const allow = (scope: 'once' | 'session') => answer.mutate({ behavior: 'allow', scope });
  useCommands(
    isFirst && isTool
      ? [
          {
            id: 'allow',
            title: `Allow: ${title.slice(0, 60)}`,
            group: 'Needs you',
            keys: 'a',
            run: () => allow('once'),
          },
          {
            id: 'deny',
            title: `Deny: ${title.slice(0, 60)}`,
            group: 'Needs you',
            keys: 'd',
            run: () => setDenying(true),
          },
        ]
      : [],
  );
  const name = session === undefined ? shortId(sessionId) : sessionTitle(session);
  const verb = isTool ? (VERBS[tool] ?? `wants to use ${tool}`) : 'asks you';
  return (
    <li className="px-4 py-3">
      <div className="flex items-center gap-3">
        <Hand className="size-4 shrink-0 text-warn" aria-hidden />
        <p className="min-w-0 flex-1 truncate text-sm">
          <Link to="/sessions/$id" params={{ id: sessionId }} className="font-medium hover:underline">
            {name}
          </Link>
          <span className="text-ink-2">
            {agent === 'main' ? ' ' : `, ${agent}, `}
            {verb}
          </span>
        </p>
        <Ago at={requestedAt} className="text-ink-3 text-xs" />
      </div>
      <div className="mt-2 sm:pl-7">
        {isTool ? (
          <Pre className="max-h-28 whitespace-pre-wrap break-words rounded-md border bg-inset px-2.5 py-1.5 text-xs leading-5">
            {wanted(permission)}
          </Pre>
        ) : (
          <p className="line-clamp-3 text-sm">{title.replace(/^\w+: /, '')}</p>
        )}
        {reason !== null && isTool && <p className="mt-1 text-ink-3 text-xs">{reason}</p>}
        {!isTool ? (
          <Button size="sm" look="primary" asChild className="mt-2">
            <Link to="/sessions/$id" params={{ id: sessionId }}>
              Answer
            </Link>
          </Button>
        ) : denying ? (
          <Deny
            busy={answer.isPending}
            onBack={() => setDenying(false)}
            onDeny={(message) => answer.mutate({ behavior: 'deny', ...(message === '' ? {} : { message }) })}
          />
        ) : (
          <div className="mt-2 flex flex-wrap items-center gap-2">
            <Button size="sm" look="primary" disabled={answer.isPending} onClick={() => allow('once')}>
              <Check /> Allow {isFirst && <Keys keys="a" on="accent" className="max-sm:hidden" />}
            </Button>
            <Button size="sm" disabled={answer.isPending} onClick={() => allow('session')}>
              Allow for this session
            </Button>
            <Button size="sm" look="dangerGhost" disabled={answer.isPending} onClick={() => setDenying(true)}>
              Deny {isFirst && <Keys keys="d" className="max-sm:hidden" />}
            </Button>
          </div>
        )}
      </div>
    </li>
  );
}

function Deny({ busy, onBack, onDeny }: { busy: boolean; onBack: () => void; onDeny: (message: string) => void }) {
  const [message, setMessage] = useState('');
  const id = useId();
  return (
    <form
      className="mt-2 flex flex-wrap items-center gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        onDeny(message);
      }}
      onKeyDown={(event) => event.key === 'Escape' && onBack()}
    >
      <label htmlFor={id} className="sr-only">
        What the agent should do instead
      </label>
      <Input
        id={id}
        autoFocus
        placeholder="What it should do instead; may be empty"
        value={message}
        onChange={(event) => setMessage(event.target.value)}
        className="h-7 min-w-0 flex-1 basis-56"
      />
      <Button size="sm" look="danger" type="submit" disabled={busy}>
        Deny
      </Button>
      <Button size="sm" look="ghost" onClick={onBack}>
        Back
      </Button>
    </form>
  );
}
