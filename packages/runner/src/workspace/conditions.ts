/** HTTP's conditions and ranges, as rules: no file is touched here. */
import { FileRefusal } from './refusal.ts';

export interface Conditions {
  ifMatch?: string | undefined;
  ifNoneMatch?: string | undefined;
}

const tags = (header: string): string[] => header.split(',').map((tag) => tag.trim());
const names = (header: string, etag: string): boolean => tags(header).some((tag) => tag === '*' || tag === etag);
/** Weak comparison, which is what a reader's cache is asked by. */
const resembles = (header: string, etag: string): boolean =>
  tags(header).some((tag) => tag === '*' || tag.replace(/^W\//, '') === etag);

/** Whether a reader has this already. @throws FileRefusal `precondition_failed`. */
export function isKnown({ ifMatch, ifNoneMatch }: Conditions, etag: string): boolean {
  if (ifMatch !== undefined && !names(ifMatch, etag)) throw failed(etag);
  return ifNoneMatch !== undefined && resembles(ifNoneMatch, etag);
}

/** @param etag of what would be replaced or removed; null for nothing. @throws FileRefusal `precondition_failed`. */
export function checkChange({ ifMatch, ifNoneMatch }: Conditions, etag: string | null): void {
  if (ifMatch !== undefined && (etag === null || !names(ifMatch, etag))) throw failed(etag);
  if (ifNoneMatch !== undefined && etag !== null && names(ifNoneMatch, etag)) throw failed(etag);
}

const failed = (etag: string | null): FileRefusal =>
  new FileRefusal(
    'precondition_failed',
    etag === null ? 'There is no such file.' : `The file is ${etag} by now.`,
    etag === null ? {} : { etag },
  );

/**
 * The one range of bytes that is asked for, both ends included; null for the whole: without a range, or with several, or with one of
 * another unit, which a server may pass over.
 * @throws FileRefusal `range_not_satisfiable`.
 */
export function rangeOf(header: string | undefined, size: number): { start: number; end: number } | null {
  const found = /^bytes=(\d*)-(\d*)$/.exec((header ?? '').replaceAll(' ', ''));
  if (found === null) return null;
  const [, from = '', to = ''] = found;
  if (from === '' && to === '') return null;
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (from !== '' && to !== '' && Number(to) < Number(from)) return null;
  if (start >= size || (from === '' && Number(to) === 0))
    throw new FileRefusal('range_not_satisfiable', `The file has ${size} bytes.`, { size });
  return { start, end };
}
