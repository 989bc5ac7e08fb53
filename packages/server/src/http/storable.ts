/** What JSON from outside goes through before anything else looks at it. */
import { RiggerError } from '../model/errors.ts';

/** How deep `null` means absent: a body, its `config`, the agents in it and their members. Deeper lies other people's JSON. */
const NULL_DEPTH = 4;
export function withoutNulls(value: unknown, depth = NULL_DEPTH): unknown {
  if (depth === 0 || value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .map(([name, member]) => [name, withoutNulls(member, depth - 1)]),
  );
}

/** Deeper than anything that means something; whatever goes through JSON level by level has room for it. */
const MOST_LEVELS = 200;

/** Whether JSON has more levels than that, without making anything of it. */
export function isDeep(text: string): boolean {
  let level = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (quoted) {
      if (code === 0x5c) at += 1;
      else if (code === 0x22) quoted = false;
    } else if (code === 0x22) quoted = true;
    else if (code === 0x7b || code === 0x5b) {
      level += 1;
      if (level > MOST_LEVELS) return true;
    } else if (code === 0x7d || code === 0x5d) level -= 1;
  }
  return false;
}
export const tooDeep = (): RiggerError =>
  new RiggerError('invalid_request', {
    detail: `The JSON has more than ${MOST_LEVELS} levels.`,
    extra: { issues: [{ path: '', message: `has more than ${MOST_LEVELS} levels` }] },
  });

/** Text that PostgreSQL cannot keep: NUL, and halves of surrogate pairs. @returns the path of the first one. */
function unstorable(value: unknown, path: string): string | null {
  if (typeof value === 'string') return value.includes('\0') || !value.isWellFormed() ? path : null;
  if (value === null || typeof value !== 'object') return null;
  for (const [name, member] of Object.entries(value)) {
    const found = unstorable(member, path === '' ? name : `${path}.${name}`) ?? unstorable(name, path);
    if (found !== null) return found;
  }
  return null;
}

/** @throws RiggerError `invalid_request` for text that cannot be kept; `parts` are values with the paths they are told by. */
export function refuseUnstorable(...parts: [value: unknown, path: string][]): void {
  for (const [value, from] of parts) {
    const path = unstorable(value, from);
    if (path !== null)
      throw new RiggerError('invalid_request', {
        detail: `${path}: holds a NUL or half of a surrogate pair.`,
        extra: { issues: [{ path, message: 'must be well-formed text without NUL' }] },
      });
  }
}
