/** What an archive's entry may be. Pure: nothing is touched here. */
import type { Header } from 'tar-stream';
import { InvalidPath, splitPath } from '../protocol/index.ts';
import { FileRefusal } from './refusal.ts';

export type EntryPlan =
  | { kind: 'file' | 'directory'; names: string[]; mode: number; modifiedAt: Date | undefined }
  | { kind: 'symlink'; names: string[]; target: string }
  /** Another name of an entry that came before. */
  | { kind: 'link'; names: string[]; to: string[] }
  /** The workspace itself, or what was left out. */
  | { kind: 'nothing'; skipped?: { path: string; why: string } };

/**
 * What is to be made of an entry. Set-user-id, set-group-id and sticky bits are dropped, and so is the owner.
 * @param depth how deep in the workspace the archive is unpacked: so far up may a link lead.
 * @param links whether symbolic links that lead out of the workspace are refused or left out.
 * @throws FileRefusal `archive_refused`, naming the entry.
 */
export function planEntry(
  header: Partial<Header> & { name: string },
  depth: number,
  links: 'refuse' | 'skip',
): EntryPlan {
  const entry = header.name;
  const names = pathOf(entry, entry);
  const modifiedAt = header.mtime instanceof Date && !Number.isNaN(header.mtime.getTime()) ? header.mtime : undefined;
  if (names.length === 0) return { kind: 'nothing' };
  switch (header.type) {
    case 'file':
    case 'contiguous-file':
      return { kind: 'file', names, mode: ((header.mode ?? 0o644) & 0o777) | 0o600, modifiedAt };
    case 'directory':
      return { kind: 'directory', names, mode: ((header.mode ?? 0o755) & 0o777) | 0o700, modifiedAt };
    case 'link':
      return { kind: 'link', names, to: pathOf(header.linkname ?? '', entry) };
    case 'symlink': {
      const target = header.linkname ?? '';
      const why = leadsOut(target, depth + names.length - 1);
      if (why === null) return { kind: 'symlink', names, target };
      if (links === 'skip') return { kind: 'nothing', skipped: { path: names.join('/'), why } };
      throw refused(entry, `is a symbolic link ${why}`);
    }
    default:
      throw refused(entry, `is ${header.type ?? 'of a type'} that a workspace does not take`);
  }
}

/** The names of an entry's path, a leading `./` and a closing `/` aside. */
function pathOf(path: string, entry: string): string[] {
  try {
    return splitPath(
      path
        .replace(/^(\.\/+)+/, '')
        .replace(/^\.$/, '')
        .replace(/\/+$/, path.startsWith('/') ? '/' : ''),
    );
  } catch (error) {
    if (error instanceof InvalidPath) throw refused(entry, `names what a workspace cannot hold: ${error.message}`);
    throw error;
  }
}

/**
 * Why a link's target is not within the workspace, or null. `..` may only lead it: what comes before a later one could be a link
 * itself, and its parent be elsewhere.
 */
function leadsOut(target: string, depth: number): string | null {
  if (target === '' || target.includes('\0')) return 'to nothing';
  if (target.startsWith('/')) return `to the absolute path ${target}`;
  const names = target.split('/').filter((name) => name !== '' && name !== '.');
  const up = names.findIndex((name) => name !== '..');
  const climbs = up === -1 ? names.length : up;
  if (climbs > depth || names.slice(climbs).includes('..')) return `that may lead out of the workspace: ${target}`;
  return null;
}

export const refused = (entry: string, what: string): FileRefusal =>
  new FileRefusal('archive_refused', `The entry ${JSON.stringify(entry)} ${what}.`, { entry });
