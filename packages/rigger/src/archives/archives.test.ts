import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { type Header, pack } from 'tar-stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { packFolder } from './pack.ts';
import { unpackInto } from './unpack.ts';
import { walk } from './walk.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'rigger-archives-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const at = (...names: string[]): string => join(root, ...names);
async function paths(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { path } of walk(folder)) found.push(path);
  return found;
}
const archiveOf = (...entries: [Partial<Header> & { name: string }, string?][]): ReadableStream<Uint8Array> => {
  const tar = pack();
  for (const [head, content] of entries) tar.entry(head, content ?? '');
  tar.finalize();
  return Readable.toWeb(tar.pipe(createGzip())) as ReadableStream<Uint8Array>;
};

test('a folder comes back as it was: files, modes, folders, links, and without what was excluded', async () => {
  mkdirSync(at('in', 'src', 'empty'), { recursive: true });
  mkdirSync(at('in', 'node_modules', 'x'), { recursive: true });
  writeFileSync(at('in', 'src', 'run.sh'), 'echo hi\n');
  chmodSync(at('in', 'src', 'run.sh'), 0o755);
  writeFileSync(at('in', 'nothing'), '');
  symlinkSync('src/run.sh', at('in', 'link'));
  let counted = 0;
  const packed = await packFolder(at('in'), new Set(['node_modules']), (count) => (counted += count));
  expect(packed).toMatchObject({ files: 2, bytes: 8 });
  expect(await unpackInto(at('out'), packed.archive)).toEqual({ files: 2, bytes: 8, skipped: [] });
  expect(counted).toBe(8);
  expect(await paths(at('out'))).toEqual(['link', 'nothing', 'src', 'src/empty', 'src/run.sh']);
  expect(statSync(at('out', 'src', 'run.sh')).mode & 0o777).toBe(0o755);
  expect(readlinkSync(at('out', 'link'))).toBe('src/run.sh');
});

test('what an agent packs to get out of the folder stays out of it', async () => {
  writeFileSync(at('outside'), 'untouched');
  const { skipped, files } = await unpackInto(
    at('out'),
    archiveOf(
      [{ name: '../outside' }, 'gotcha'],
      [{ name: 'a/../../outside' }, 'gotcha'],
      [{ name: '/tmp/absolute' }, 'gotcha'],
      [{ name: 'leads-out', type: 'symlink', linkname: '../outside' }],
      [{ name: 'deep/leads-out', type: 'symlink', linkname: '../../outside' }],
      [{ name: 'to-root', type: 'symlink', linkname: '/etc/passwd' }],
      [{ name: 'hard', type: 'link', linkname: '../outside' }],
      [{ name: 'pipe', type: 'fifo' }],
      [{ name: './good.txt' }, 'good'],
    ),
  );
  expect(files).toBe(1);
  expect(skipped.map(({ path }) => path)).toHaveLength(8);
  expect(await paths(at('out'))).toEqual(['good.txt']);
  expect(readFileSync(at('outside'), 'utf8')).toBe('untouched');
});

test('nothing is written through a link, whether the archive brought it or it was there', async () => {
  mkdirSync(at('elsewhere'));
  await unpackInto(
    at('out'),
    archiveOf([{ name: 'd', type: 'symlink', linkname: 'sub' }], [{ name: 'sub', type: 'directory' }]),
  );
  const through = unpackInto(at('out'), archiveOf([{ name: 'd/file' }, 'x']));
  await expect(through).rejects.toThrow('is there and is no folder');
  symlinkSync(at('elsewhere', 'target'), at('out', 'file'));
  await expect(unpackInto(at('out'), archiveOf([{ name: 'file' }, 'x']))).rejects.toThrow('cannot be written');
  expect(await paths(at('elsewhere'))).toEqual([]);
});

test('an archive that ends in the middle is an error', async () => {
  const whole = Buffer.from(await new Response(archiveOf([{ name: 'a' }, 'x'.repeat(100_000)])).arrayBuffer());
  const half = new Blob([whole.subarray(0, whole.length / 2)]).stream() as ReadableStream<Uint8Array>;
  await expect(unpackInto(at('out'), half)).rejects.toThrow();
});
