import { useQuery } from '@tanstack/react-query';
import { CircleCheck, CircleX, ExternalLink } from 'lucide-react';
import { healthQuery, readinessQuery } from '../../api/queries.ts';
import { Panel, Section } from '../../ui/section.tsx';
import { Failed, Skeleton } from '../../ui/states.tsx';
import { Status } from '../../ui/status.tsx';

const PARTS = [
  ['database', 'Database'],
  ['runner', 'Runners'],
  ['upstream', 'Model'],
] as const;
const PLACES = [
  ['/docs', 'The API, to read'],
  ['/openapi.json', 'The API, for machines'],
  ['/metrics', 'Metrics, for Prometheus'],
  ['/readyz', 'Whether all is well, for a load balancer'],
] as const;

/** Which of these this server has. */
const placesQuery = {
  queryKey: ['places'],
  queryFn: async ({ signal }: { signal: AbortSignal }) => {
    const found = await Promise.all(
      PLACES.map(async ([path]) => {
        const answer = await fetch(path, { method: 'HEAD', signal });
        return answer.ok || answer.status === 503 ? [path as string] : [];
      }),
    );
    return found.flat();
  },
  staleTime: Number.POSITIVE_INFINITY,
};

export function ServerFacts() {
  const health = useQuery(healthQuery);
  const ready = useQuery({ ...readinessQuery, refetchInterval: 5_000 });
  const places = useQuery(placesQuery);
  return (
    <Section title="Server" beside={health.data && `Rigger ${health.data.version}, at ${location.host}`}>
      <Panel>
        {ready.error !== null && ready.data === undefined ? (
          <Failed error={ready.error} onRetry={() => void ready.refetch()} className="py-8" />
        ) : (
          <ul className="divide-y">
            {PARTS.map(([name, word]) => {
              const part = ready.data?.[name];
              return (
                <li
                  key={name}
                  className="grid min-h-11 grid-cols-[6rem_7rem_minmax(0,1fr)] items-center gap-3 px-4 py-2 text-sm max-sm:grid-cols-[1fr_auto]"
                >
                  <span>{word}</span>
                  {part === undefined ? (
                    <Skeleton className="w-16" />
                  ) : (
                    <Status
                      shown={
                        part.ok
                          ? { icon: CircleCheck, word: 'Works', tone: 'good' }
                          : { icon: CircleX, word: 'Does not', tone: 'bad' }
                      }
                    />
                  )}
                  <span className="min-w-0 break-words text-ink-2 text-xs max-sm:col-span-2">{part?.detail}</span>
                </li>
              );
            })}
            {PLACES.filter(([path]) => places.data?.includes(path)).map(([path, word]) => (
              <li key={path}>
                <a
                  href={path}
                  target="_blank"
                  rel="noreferrer"
                  className="flex h-11 items-center gap-3 px-4 text-sm hover:bg-hover focus-visible:-outline-offset-2"
                >
                  <span className="min-w-0 flex-1 truncate">{word}</span>
                  <span className="font-mono text-ink-3 text-xs">{path}</span>
                  <ExternalLink className="size-4 text-ink-3" aria-hidden />
                </a>
              </li>
            ))}
          </ul>
        )}
      </Panel>
    </Section>
  );
}
