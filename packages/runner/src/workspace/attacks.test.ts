/** What an agent or a client may try with files, against the room itself. The agent is whoever writes to the tree beside us. */
import { execFileSync, spawn } from 'node:child_process';
import {
  existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync,
} from 'node:fs'; // biome-ignore format: a list
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { type Header, pack as tarPack } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  compressed,
  FileRefusal,
  type Folder,
  list,
  openFile,
  pack,
  removePath,
  unpack,
  Workspaces,
  writeFile,
} from './index.ts';

let base: string;
let root: string;
let outside: string;
let workspaces: Workspaces;
const SESSION = 'sess_1';
const NO_ORIGIN = { workspaceFrom: null, sourcePath: null };
beforeEach(async () => {
  base = mkdtempSync(join(tmpdir(), 'rigger-files-'));
  outside = join(base, 'outside');
  mkdirSync(outside);
  writeFileSync(join(outside, 'secret'), 'of the host');
  workspaces = new Workspaces({
    folders: join(base, 'sessions'),
    makeWorkspace: async (path) => void mkdirSync(join(path, 'workspace'), { recursive: true }),
    quota: { bytes: 2_000_000, files: 200 },
  });
  await workspaces.prepare(SESSION, NO_ORIGIN);
  root = join(base, 'sessions', SESSION, 'workspace');
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

async function looking<T>(work: (folder: Folder) => Promise<T>): Promise<T> {
  const folder = await workspaces.look(SESSION);
  try {
    return await work(folder!);
  } finally {
    await folder!.close();
  }
}
const read = (path: string) =>
  looking(async (folder) => {
    const { handle } = await openFile(folder, path);
    return text(handle.createReadStream());
  });
const write = (path: string, content: string) =>
  workspaces.change(SESSION, NO_ORIGIN, (space) => writeFile(space, path, Readable.from([Buffer.from(content)]), {}));
const remove = (path: string, recursive = true) =>
  workspaces.change(SESSION, NO_ORIGIN, (space) => removePath(space, path, { recursive }));
const refusal = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof FileRefusal) return error.code;
  throw new Error(`not refused: ${String(error)}`);
};

describe('a path', () => {
  test.each([
    '../outside/secret',
    'a/../../outside/secret',
    '/etc/passwd',
    'a\\..\\b',
    'a\0b',
    '%2e%2e/x',
    'a/%2e%2e/b',
    'a%2fb',
    './a',
    'a//b',
    'a/',
    '..',
  ])('is refused as %j, to be read, written and removed', async (path) => {
    for (const work of [read, (at: string) => write(at, 'x'), remove])
      expect(await refusal(work(path))).toBe('invalid_path');
    expect(readdirSync(outside)).toEqual(['secret']);
  });

  test('may have any other name', async () => {
    for (const path of ['a b/ü.txt', '-rf', '...', 'a:b', '日本/語', '.hidden']) {
      await write(path, path);
      expect(await read(path)).toBe(path);
    }
  });
});

describe('a link', () => {
  test('to a file outside is neither read nor written through', async () => {
    symlinkSync(join(outside, 'secret'), join(root, 'link'));
    expect(await refusal(read('link'))).toBe('not_a_file');
    expect(await refusal(write('link', 'mine'))).toBe('not_a_file');
    expect(readFileSync(join(outside, 'secret'), 'utf8')).toBe('of the host');
  });

  test('in the place of a folder leads nowhere', async () => {
    symlinkSync(outside, join(root, 'folder'));
    expect(await refusal(read('folder/secret'))).toBe('not_a_folder');
    expect(await refusal(write('folder/new', 'x'))).toBe('not_a_folder');
    expect(await refusal(remove('folder/secret'))).toBe('not_a_folder');
    expect(readdirSync(outside)).toEqual(['secret']);
  });

  test('is removed itself, and listed with where it says it leads', async () => {
    symlinkSync(outside, join(root, 'folder'));
    const { entries } = await looking((folder) => list(folder, { path: '', recursive: true, after: null, limit: 100 }));
    expect(entries).toMatchObject([{ path: 'folder', type: 'symlink', target: outside }]);
    await remove('folder');
    expect(readdirSync(outside)).toEqual(['secret']);
    expect(existsSync(join(root, 'folder'))).toBe(false);
  });

  test('that a folder is swapped for, again and again, lets nothing be read, written or removed outside', async () => {
    mkdirSync(join(root, 'real'));
    writeFileSync(join(root, 'real', 'secret'), 'of the agent');
    mkdirSync(join(root, 'swap'));
    writeFileSync(join(root, 'swap', 'secret'), 'of the agent');
    const swapping = spawn('/bin/sh', ['-c', 'while :; do mv swap away; ln -s "$0" swap; rm swap; mv away swap; done', outside], { cwd: root, stdio: 'ignore' }); // biome-ignore format: one line
    try {
      const until = Date.now() + 3_000;
      const seen = new Set<string>();
      for (let n = 0; Date.now() < until; n += 1) {
        await read('swap/secret').then(
          (got) => seen.add(got),
          () => {},
        );
        await write(`swap/new${n % 7}`, 'x').catch(() => {});
        await remove(`swap/new${n % 7}`).catch(() => {});
        await remove('swap/secret')
          .then(() => write('real/again', 'x'))
          .catch(() => {});
      }
      expect([...seen].filter((got) => got !== 'of the agent')).toEqual([]);
      expect(readdirSync(outside)).toEqual(['secret']);
      expect(readFileSync(join(outside, 'secret'), 'utf8')).toBe('of the host');
    } finally {
      swapping.kill('SIGKILL');
    }
  });
});

test('pipes, devices and sockets are refused without waiting for them', async () => {
  execFileSync('mkfifo', [join(root, 'pipe')]);
  expect(await refusal(read('pipe'))).toBe('not_a_file');
  expect(await refusal(write('pipe', 'x'))).toBe('not_a_file');
  symlinkSync('/proc/self/environ', join(root, 'proc'));
  symlinkSync('/dev/zero', join(root, 'zero'));
  for (const path of ['proc', 'zero']) expect(await refusal(read(path))).toBe('not_a_file');
  const tar = await looking(async (folder) => {
    void folder;
    const opened = await workspaces.look(SESSION);
    return buffer(pack(opened!));
  });
  expect(tar.includes('pipe')).toBe(false);
});

/** An archive of these entries; a body makes it a file. */
function archive(...entries: [Partial<Header> & { name: string }, string?][]): Readable {
  const made = tarPack();
  for (const [header, body] of entries) made.entry(header as Header, body ?? '');
  made.finalize();
  return made as unknown as Readable;
}
const put = (made: Readable, links: 'refuse' | 'skip' = 'refuse', format: 'tar' | 'tar.gz' | 'tar.zst' = 'tar') =>
  workspaces.change(SESSION, NO_ORIGIN, (space) => unpack(space, made, { path: '', format, links }));
const left = () => [readdirSync(root), readdirSync(join(base, 'sessions', SESSION, 'incoming'))];

describe('an archive', () => {
  const good: [Partial<Header> & { name: string }, string] = [{ name: 'good' }, 'good'];
  test.each<[string, [Partial<Header> & { name: string }, string?]]>([
    ['that climbs out', [{ name: '../outside/evil' }, 'x']],
    ['that climbs out from within', [{ name: 'a/../../../outside/evil' }, 'x']],
    ['with an absolute name', [{ name: '/etc/evil' }, 'x']],
    ['with a link out', [{ name: 'l', type: 'symlink', linkname: '../../../outside/secret' }]],
    ['with an absolute link', [{ name: 'l', type: 'symlink', linkname: '/etc/passwd' }]],
    ['with a hard link out', [{ name: 'l', type: 'link', linkname: '../../outside/secret' }]],
    ['with an absolute hard link', [{ name: 'l', type: 'link', linkname: '/etc/passwd' }]],
    ['with a device', [{ name: 'd', type: 'character-device', devmajor: 1, devminor: 5 }]],
    ['with a pipe', [{ name: 'p', type: 'fifo' }]],
  ])('%s is refused, names the entry, and leaves nothing', async (_what, evil) => {
    const error = await put(archive(good, evil)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'archive_refused' });
    expect(left()).toEqual([[], []]);
    expect(readdirSync(outside)).toEqual(['secret']);
  });

  test('that writes through a link of its own is refused', async () => {
    const made = archive([{ name: 'l', type: 'symlink', linkname: '.' }], [{ name: 'l/evil' }, 'x']);
    expect(await refusal(put(made))).toBe('archive_refused');
    expect(left()).toEqual([[], []]);
  });

  test('loses setuid and setgid bits', async () => {
    await put(archive([{ name: 'program', mode: 0o6755 }, '#!/bin/sh']));
    expect(statSync(join(root, 'program')).mode & 0o7777).toBe(0o755);
  });

  test('of more entries than there may be is refused before it fills the disk', async () => {
    const made = tarPack();
    (async () => {
      for (let n = 0; n < 5_000; n += 1) made.entry({ name: `f${n}` }, '');
      made.finalize();
    })();
    expect(await refusal(put(made as unknown as Readable))).toBe('quota_exceeded');
    expect(left()).toEqual([[], []]);
  });

  test('that is a bomb is refused once it is over the quota, not once it is unpacked', async () => {
    const zeros = await buffer(archive([{ name: 'zeros' }, '\0'.repeat(50_000_000)]));
    const bomb = gzipSync(zeros);
    expect(bomb.length).toBeLessThan(100_000);
    expect(await refusal(put(Readable.from([bomb]), 'refuse', 'tar.gz'))).toBe('quota_exceeded');
    expect(left()).toEqual([[], []]);
  });

  test('that is none, or is cut short, is refused', async () => {
    expect(await refusal(put(Readable.from([Buffer.from('no archive at all'.repeat(100))])))).toBe('archive_refused');
    const whole = await buffer(archive([{ name: 'a' }, 'x'.repeat(5_000)]));
    expect(await refusal(put(Readable.from([whole.subarray(0, 3_000)])))).toBe('archive_refused');
    expect(await refusal(put(Readable.from([Buffer.from('not zstd')]), 'refuse', 'tar.zst'))).toBe('archive_refused');
    expect(left()).toEqual([[], []]);
  });

  test('of what a workspace has comes back as it was, in every format', async () => {
    mkdirSync(join(root, 'a', 'empty'), { recursive: true });
    writeFileSync(join(root, 'a', 'file'), 'content');
    writeFileSync(join(root, 'run'), '#!/bin/sh', { mode: 0o755 });
    symlinkSync('a/file', join(root, 'link'));
    for (const format of ['tar', 'tar.gz', 'tar.zst'] as const) {
      const folder = await workspaces.look(SESSION);
      const bytes = await buffer(compressed(pack(folder!), format));
      renameSync(root, `${root}.${format}`);
      mkdirSync(root);
      expect(await put(Readable.from([bytes]), 'refuse', format)).toMatchObject({ skipped: [] });
      expect(readFileSync(join(root, 'link'), 'utf8')).toBe('content');
      expect(lstatSync(join(root, 'link')).isSymbolicLink()).toBe(true);
      expect(statSync(join(root, 'run')).mode & 0o777).toBe(0o755);
      expect(statSync(join(root, 'a', 'empty')).isDirectory()).toBe(true);
    }
  });
});

test('what is over the quota is refused, and what was there stays', async () => {
  await write('kept', 'kept');
  expect(await refusal(write('kept', 'x'.repeat(3_000_000)))).toBe('quota_exceeded');
  expect(await read('kept')).toBe('kept');
  expect(readdirSync(join(base, 'sessions', SESSION, 'incoming'))).toEqual([]);
});
