import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { sessionQuery } from '../../api/queries.ts';
import type { SessionPattern, Usage } from '../../api/types.ts';
import { PATTERN_WORDS, sessionTitle, shortId } from '../../format/status.ts';

/** A session that something was spent in; what of it is known without it, where it is deleted. */
export function SessionName({ id, row }: { id: string; row: Usage['rows'][number] }) {
  const place = useRef<HTMLSpanElement>(null);
  const [seen, setSeen] = useState(false);
  // There may be hundreds of them: each is asked for when it comes into sight.
  useEffect(() => {
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && setSeen(true));
    observer.observe(place.current!);
    return () => observer.disconnect();
  }, []);
  const { data, isError } = useQuery({ ...sessionQuery(id), staleTime: 60_000, retry: false, enabled: seen });
  const about = [row.pattern && PATTERN_WORDS[row.pattern as SessionPattern], row.user].filter(Boolean).join(' · ');
  return (
    <span ref={place} className="flex min-w-0 items-baseline gap-2">
      {isError ? (
        <span className="shrink-0 text-ink-3" title="It is deleted; what it cost is not.">
          {shortId(id)}, deleted
        </span>
      ) : (
        <Link to="/sessions/$id" params={{ id }} className="min-w-0 truncate hover:underline">
          {data === undefined ? shortId(id) : sessionTitle(data)}
        </Link>
      )}
      <span className="min-w-0 shrink-[3] truncate text-ink-3 text-xs">{about}</span>
    </span>
  );
}
