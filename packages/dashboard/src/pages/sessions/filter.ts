/** What of a list is in its address, so that a link, and the way back, show the same. */
import type { SessionPattern, SessionQuery, SessionStatus } from '../../api/types.ts';

export const PATTERN_NAMES = ['ephemeral', 'long-running', 'hybrid', 'single-container'] as const;
export const STATUS_NAMES = ['initializing', 'active', 'idle', 'completed', 'error', 'terminated'] as const;

export interface SessionFilter {
  /** Words to search for. */
  q?: string;
  pattern?: SessionPattern;
  status?: SessionStatus;
  user?: string;
  /** With commas between: a session must have all of them. */
  tags?: string;
  conversation?: string;
  runner?: string;
  paused?: true;
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== ''
    ? value.trim()
    : typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : undefined;

const oneOf = <T extends string>(names: readonly T[], value: unknown): T | undefined =>
  names.find((name) => name === value);

/** What an address asks for; what is not understood is left out. */
export function readFilter(search: Record<string, unknown>): SessionFilter {
  const found = {
    q: text(search.q),
    pattern: oneOf(PATTERN_NAMES, search.pattern),
    status: oneOf(STATUS_NAMES, search.status),
    user: text(search.user),
    tags: text(search.tags),
    conversation: text(search.conversation),
    runner: text(search.runner),
    paused: search.paused === true ? (true as const) : undefined,
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) as SessionFilter;
}

export const tagsOf = (filter: SessionFilter): string[] =>
  (filter.tags ?? '').split(',').flatMap((tag) => (tag.trim() === '' ? [] : [tag.trim()]));

/** The list as it is asked of the server. */
export function toQuery({ user, conversation, runner, paused, ...rest }: SessionFilter): SessionQuery {
  return {
    ...rest,
    ...(user === undefined ? {} : { userId: user }),
    ...(conversation === undefined ? {} : { conversationId: conversation }),
    ...(runner === undefined ? {} : { runnerId: runner }),
    ...(paused === undefined ? {} : { paused: 'true' }),
  };
}

export const isFiltered = (filter: SessionFilter): boolean => Object.keys(filter).length > 0;

/** A filter in a few words, as a saved one is first called. */
export const filterWords = ({ q, paused, ...rest }: SessionFilter): string =>
  [...Object.values(rest), ...(paused ? ['paused'] : []), ...(q === undefined ? [] : [`“${q}”`])].join(', ');
