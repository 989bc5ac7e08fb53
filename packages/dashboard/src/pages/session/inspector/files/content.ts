import { rigger } from '../../../../api/client.ts';

export type Content = { size: number } & (
  | { kind: 'text'; text: string /** There is more of it. */; cut: boolean }
  | { kind: 'picture'; blob: Blob }
  | { kind: 'binary' }
);

const PICTURES: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
};
const MOST_PICTURE = 20_000_000;
const MOST_TEXT = 500_000;
const LOOKED_AT = 8_192;

/** Reads so much of a file as can be shown. What holds a NUL near its beginning is no text. */
export async function readContent(id: string, path: string, signal: AbortSignal): Promise<Content> {
  const { size } = await rigger.files.head(id, path, { signal });
  const type = PICTURES[path.slice(path.lastIndexOf('.') + 1).toLowerCase()];
  if (type !== undefined && size <= MOST_PICTURE) {
    const answer = await rigger.files.read(id, path, { signal });
    // Its type is that of its name, whatever the server says: a picture can only ever be drawn.
    return { kind: 'picture', size, blob: new Blob([await answer.arrayBuffer()], { type }) };
  }
  if (size === 0) return { kind: 'text', size, text: '', cut: false };
  const cut = size > MOST_TEXT;
  const answer = await rigger.files.read(id, path, { signal, ...(cut ? { range: `bytes=0-${MOST_TEXT - 1}` } : {}) });
  const bytes = new Uint8Array(await answer.arrayBuffer());
  if (bytes.subarray(0, LOOKED_AT).includes(0)) return { kind: 'binary', size };
  return { kind: 'text', size, text: new TextDecoder().decode(bytes), cut };
}
