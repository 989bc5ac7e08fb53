import type { Session } from '../../../api/types.ts';
import { isLive } from '../../../format/status.ts';
import { CopyButton } from '../../../ui/copy.tsx';
import { Pre } from '../../../ui/pre.tsx';

interface Request {
  title: string;
  curl: string;
  live?: boolean;
}

const JSON_HEADER = "-H 'Content-Type: application/json'";

/** What this page does, as requests that anybody can make. */
function requestsOf(origin: string, id: string): Request[] {
  const at = `${origin}/api/sessions/${id}`;
  return [
    { title: 'The session', curl: `curl -s ${at}` },
    { title: 'Its log, and then live', curl: `curl -sN '${at}/events?after=0' -H 'Accept: text/event-stream'` },
    {
      title: 'Send a message and wait for its end',
      curl: `curl -s ${at}/message ${JSON_HEADER} \\\n  -d '{ "prompt": "Hello", "streaming": false }'`,
      live: true,
    },
    {
      title: 'Send a message and come back at once',
      curl: `curl -s ${at}/message ${JSON_HEADER} \\\n  -H 'Prefer: respond-async' -H "Idempotency-Key: $(uuidgen)" \\\n  -d '{ "prompt": "Hello" }'`,
      live: true,
    },
    { title: 'Stop the running turn', curl: `curl -s -X POST ${at}/interrupt`, live: true },
    { title: 'What waits for a human', curl: `curl -s '${at}/permissions?status=pending'` },
    {
      title: 'Allow it',
      curl: `curl -s ${at}/permissions/PERMISSION_ID ${JSON_HEADER} \\\n  -d '{ "behavior": "allow", "scope": "once" }'`,
      live: true,
    },
    { title: 'Its files', curl: `curl -s '${at}/files?recursive=true'` },
    { title: 'All files as an archive', curl: `curl -s '${at}/files?archive=tar.gz' -o workspace.tar.gz` },
    { title: 'Put a file in', curl: `curl -s -X PUT ${at}/files/notes.txt --data-binary @notes.txt`, live: true },
    { title: 'Fork it', curl: `curl -s -X POST ${at}/fork` },
    {
      title: 'Change its budget',
      curl: `curl -s -X PATCH ${at} ${JSON_HEADER} \\\n  -d '{ "maxBudgetUsd": 5 }'`,
      live: true,
    },
    { title: 'Terminate it', curl: `curl -s -X POST ${at}/terminate`, live: true },
  ];
}

export function ApiTab({ session }: { session: Session }) {
  const live = isLive(session);
  const create = JSON.stringify(
    { pattern: session.pattern, config: session.config, tags: session.tags },
    null,
    2,
  ).replaceAll("'", "'\\''");
  const requests = [
    ...requestsOf(location.origin, session.id),
    { title: 'Create one like it', curl: `curl -s ${location.origin}/api/sessions ${JSON_HEADER} -d '${create}'` },
  ].filter((request: Request) => live || request.live !== true);
  return (
    <ul className="space-y-4 p-4">
      {requests.map(({ title, curl }) => (
        <li key={title}>
          <h3 className="mb-1 text-ink-2 text-xs">{title}</h3>
          <div className="relative rounded-lg border bg-inset">
            <Pre className="max-h-72 p-2.5 pr-10 text-2xs leading-5">{curl}</Pre>
            <CopyButton text={curl} label="Copy the command" className="absolute top-1 right-1 bg-inset" />
          </div>
        </li>
      ))}
    </ul>
  );
}
