/** What a path in a workspace may be. Pure, and the same for whoever asks: a client's URL, an archive's entry, a command's argument. */

/** Linux's own bounds of a name and of a path, in bytes. */
const LONGEST_NAME = 255;
const LONGEST_PATH = 4_096;
/** A walk holds a descriptor for each level. */
export const DEEPEST_PATH = 64;

export class InvalidPath extends Error {
  override readonly name = 'InvalidPath';
}

/**
 * The names that a path consists of: relative, with `/` between them and none at its end; empty for the workspace itself.
 * @throws InvalidPath for what could mean anything else than a file below: `..`, an absolute path, a backslash, NUL, and
 * what would become one of them by being decoded once more.
 */
export function splitPath(path: string): string[] {
  if (path === '') return [];
  if (path.startsWith('/')) throw new InvalidPath('The path is absolute: give one that is relative to the workspace.');
  if (Buffer.byteLength(path) > LONGEST_PATH) throw new InvalidPath(`The path is longer than ${LONGEST_PATH} bytes.`);
  const names = path.split('/');
  if (names.length > DEEPEST_PATH) throw new InvalidPath(`The path is deeper than ${DEEPEST_PATH} folders.`);
  for (const name of names) checkName(name);
  return names;
}

function checkName(name: string): void {
  if (name === '') throw new InvalidPath('The path has an empty name in it.');
  if (name === '.' || name === '..') throw new InvalidPath(`The path has "${name}" in it.`);
  if (name.includes('\0')) throw new InvalidPath('The path has a NUL in it.');
  if (name.includes('\\')) throw new InvalidPath('The path has a backslash in it: names are separated by "/".');
  if (!name.isWellFormed()) throw new InvalidPath('The path has half of a surrogate pair in it.');
  if (Buffer.byteLength(name) > LONGEST_NAME)
    throw new InvalidPath(`A name in the path is longer than ${LONGEST_NAME} bytes.`);
  if (/^(%2e|\.){1,2}$/i.test(name) || /%(2f|5c|00)/i.test(name))
    throw new InvalidPath('The path is encoded twice: a name in it would mean something else once decoded.');
}
