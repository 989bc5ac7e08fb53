import type { SessionPattern, Usage } from '../../api/types.ts';
import { PATTERN_WORDS, shortId } from '../../format/status.ts';
import type { FilterName, Group } from './search.ts';

type Row = Usage['rows'][number];

export const GROUP_NAMES: Record<Group, string> = {
  pattern: 'Pattern',
  model: 'Model',
  user: 'User',
  tag: 'Tag',
  session: 'Session',
};

export const groupValue = (row: Row, by: Group): string | null => row[by] ?? null;

const NONE: Record<Group, string> = {
  pattern: 'No pattern',
  model: 'No model',
  user: 'Without a user',
  tag: 'Without a tag',
  session: 'No session',
};
/** A value of a group, as people read it. */
export function wordOf(by: Group | FilterName, value: string | null): string {
  if (value === null) return NONE[by];
  if (by === 'pattern') return PATTERN_WORDS[value as SessionPattern] ?? value;
  return by === 'session' ? shortId(value) : value;
}
