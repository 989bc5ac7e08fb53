import { execFileSync, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  appendFileSync, chmodSync, existsSync, lstatSync, lutimesSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync,
  statSync, symlinkSync, truncateSync, utimesSync, writeFileSync,
} from 'node:fs'; // biome-ignore format: a list
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { folderBlobs } from './fixtures/folder-blobs.ts';
import {
  loadManifest,
  restoreInPlace,
  restoreSnapshot,
  SnapshotDamaged,
  SnapshotTooLarge,
  takeSnapshot,
} from './index.ts';
import type { FileEntry, Manifest } from './manifest.ts';

let folder: string;
let tree: string;
let store: ReturnType<typeof folderBlobs>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rigger-snapshots-'));
  tree = join(folder, 'tree');
  mkdirSync(tree);
  store = folderBlobs(join(folder, 'blobs'));
});
afterEach(() => {
  execFileSync('chmod', ['-R', 'u+rwx', folder]);
  rmSync(folder, { recursive: true, force: true });
});

const remove = async (path: string) => rmSync(path, { recursive: true, force: true });
const fileIn = (manifest: Manifest, path: string) => manifest.entries.find((entry) => entry.path === path) as FileEntry;
/** Everything that a snapshot is to keep of a tree; times to a microsecond. */
function describeTree(root: string, at = ''): unknown[] {
  const path = join(root, at);
  const found = lstatSync(path, { bigint: true });
  const kept = { path: at, mode: Number(found.mode) & 0o777, us: found.mtimeNs / 1000n };
  if (found.isSymbolicLink()) return [{ path: at, target: readlinkSync(path), us: kept.us }];
  if (found.isFile())
    return [{ ...kept, sum: createHash('sha256').update(readFileSync(path)).digest('hex'), size: found.size }];
  return [
    kept,
    ...readdirSync(path)
      .sort()
      .flatMap((name) => describeTree(root, join(at, name))),
  ];
}
async function thereAndBack(): Promise<void> {
  const { hash } = await takeSnapshot(tree, { store });
  await restoreSnapshot({ store, manifest: await loadManifest(store, hash), into: join(folder, 'back') });
  expect(describeTree(join(folder, 'back'))).toEqual(describeTree(tree));
}

const name = fc
  .oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }),
    fc.constantFrom('a b', '\n', '-rf', '日本', 'e\u0301', '\uFFFD', '~', 'a\\b', '...', ' '),
  )
  .map((text) => Buffer.from(text.replaceAll(/[/\0]/g, '_')).toString())
  .filter((text) => text !== '.' && text !== '..' && Buffer.byteLength(text) <= 200);
const times = fc.integer({ min: -1e15, max: 2e15 }).map((us) => us / 1e6);
const content = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => ({ bytes: Buffer.from(bytes), hole: 0 })),
  fc.record({
    bytes: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
    hole: fc.constantFrom(70_000, 3_000_000, 9_000_000),
  }),
  fc
    .constantFrom(1_048_576, 1_048_577, 8_388_608, 9_000_001)
    .map((size) => ({ bytes: Buffer.alloc(size, 'rigger'), hole: 0 })),
);
type Node =
  | { type: 'file'; mode: number; time: number; bytes: Buffer; hole: number }
  | { type: 'link'; target: string; time: number }
  | { type: 'folder'; mode: number; time: number; in: [string, Node][] };
const node = fc.letrec<{ node: Node; folder: Node }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    fc
      .tuple(content, fc.integer({ min: 0, max: 0o777 }), times)
      .map(([made, mode, time]): Node => ({ type: 'file', ...made, mode, time })),
    fc
      .tuple(fc.oneof(name, fc.constantFrom('/etc/passwd', '../../..', 'nowhere')), times)
      .map(([target, time]): Node => ({ type: 'link', target, time })),
    tie('folder'),
  ),
  folder: fc
    .tuple(
      fc.uniqueArray(fc.tuple(name, tie('node')), { maxLength: 6, selector: ([named]) => named }),
      fc.integer({ min: 0, max: 0o777 }),
      times,
    )
    .map(([inside, mode, time]): Node => ({ type: 'folder', in: inside as [string, Node][], mode, time })),
})).folder;

function make(path: string, made: Node): void {
  if (made.type === 'link') {
    symlinkSync(made.target, path);
    return lutimesSync(path, made.time, made.time);
  }
  if (made.type === 'file') {
    writeFileSync(path, '');
    if (made.hole > 0) truncateSync(path, made.hole);
    appendFileSync(path, made.bytes);
  } else {
    mkdirSync(path, { recursive: true });
    for (const [named, inside] of made.in) make(join(path, named), inside);
  }
  utimesSync(path, made.time, made.time);
  chmodSync(path, made.mode);
}

describe('a tree', () => {
  test('comes back as it was, whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(node, async (made) => {
        execFileSync('sh', ['-c', 'chmod -R u+rwx "$1"; rm -rf "$1/tree" "$1/back"', 'sh', folder]);
        make(tree, made);
        await thereAndBack();
      }),
      { numRuns: 25 },
    );
  });

  test('comes back with holes where it had them, and takes no room for them', async () => {
    writeFileSync(join(tree, 'disk.img'), 'start');
    truncateSync(join(tree, 'disk.img'), 200_000_000);
    appendFileSync(join(tree, 'disk.img'), 'end');
    await thereAndBack();
    expect(store.puts.reduce((sum, hash) => sum + statSync(join(folder, 'blobs', hash)).size, 0)).toBeLessThan(10_000);
    expect(statSync(join(folder, 'back', 'disk.img')).blocks * 512).toBeLessThan(4_000_000);
  });

  test('loses setuid and setgid bits', async () => {
    writeFileSync(join(tree, 'su'), '');
    chmodSync(join(tree, 'su'), 0o6755);
    const { manifest } = await takeSnapshot(tree, { store });
    expect(fileIn(manifest, 'su').mode).toBe(0o755);
  });

  test('is kept without pipes, sockets and names that are not text, which are listed', async () => {
    execFileSync('mkfifo', [join(tree, 'pipe')]);
    const socket = createServer().listen(join(tree, 'socket'));
    await new Promise((resolve) => socket.once('listening', resolve));
    writeFileSync(Buffer.concat([Buffer.from(`${tree}/`), Buffer.from([0xff, 0x61])]), 'x');
    writeFileSync(join(tree, '\uFFFDa'), 'y');
    const { manifest } = await takeSnapshot(tree, { store });
    socket.close();
    expect(manifest.entries.map((entry) => entry.path)).toEqual(['', '\uFFFDa']);
    expect(manifest.skipped.map(({ path }) => path).sort()).toEqual(['pipe', 'socket', 'ÿa']);
  });

  test('a link is kept as a link, and what it leads to is not read', async () => {
    mkdirSync(join(folder, 'elsewhere'));
    writeFileSync(join(folder, 'elsewhere', 'secret'), 'secret');
    symlinkSync(join(folder, 'elsewhere'), join(tree, 'way-out'));
    const { manifest } = await takeSnapshot(tree, { store });
    expect(manifest.entries.map(({ path, type }) => [path, type])).toEqual([
      ['', 'folder'],
      ['way-out', 'link'],
    ]);
  });

  test('that is itself a link is refused', async () => {
    symlinkSync(tree, join(folder, 'link'));
    await expect(takeSnapshot(join(folder, 'link'), { store })).rejects.toThrow(/ENOTDIR|ELOOP/);
  });

  test('a folder that is swapped for a link again and again never lets anything of elsewhere in', async () => {
    const outside = join(folder, 'outside');
    mkdirSync(outside);
    for (let n = 0; n < 50; n += 1) writeFileSync(join(outside, `f${n}`), 'OUTSIDE');
    for (let n = 0; n < 50; n += 1) {
      mkdirSync(join(tree, `d${n}`));
      for (let m = 0; m < 20; m += 1) writeFileSync(join(tree, `d${n}`, `f${m}`), 'inside');
    }
    const swapping = spawn('sh', [
      '-c',
      `cd "$1"; while :; do for n in 0 10 20 30 40 49; do mv d$n e$n; ln -s ../outside d$n; rm d$n; mv e$n d$n; done; done`,
      'sh',
      tree,
    ]);
    try {
      const began = Date.now();
      let rounds = 0;
      while (rounds < 30 && Date.now() - began < 5_000) {
        const { manifest } = await takeSnapshot(tree, { store });
        rounds += 1;
        const outsiders = createHash('sha256').update('OUTSIDE').digest('hex');
        expect(manifest.entries.filter((entry) => entry.type === 'file' && entry.hash === outsiders)).toEqual([]);
        expect(manifest.entries.length).toBeGreaterThan(900);
      }
    } finally {
      swapping.kill('SIGKILL');
    }
  });

  test('a file that is written to while it is read is stored as it was hashed', async () => {
    writeFileSync(join(tree, 'log'), randomBytes(3_000_000));
    const writing = spawn('sh', ['-c', 'while :; do head -c 100000 /dev/urandom >> "$1/log"; done', 'sh', tree]);
    try {
      for (let n = 0; n < 5; n += 1) {
        const { hash, manifest } = await takeSnapshot(tree, { store });
        expect(fileIn(manifest, 'log').ino).toBeUndefined();
        await restoreSnapshot({ store, manifest: await loadManifest(store, hash), into: join(folder, `back${n}`) });
      }
    } finally {
      writing.kill('SIGKILL');
    }
  });

  test('more than it may be is refused', async () => {
    for (let n = 0; n < 20; n += 1) writeFileSync(join(tree, `f${n}`), 'x'.repeat(100));
    await expect(takeSnapshot(tree, { store, maxEntries: 10 })).rejects.toThrow(SnapshotTooLarge);
    truncateSync(join(tree, 'f0'), 1e13);
    await expect(takeSnapshot(tree, { store, maxBytes: 1e9 })).rejects.toThrow(SnapshotTooLarge);
  });
});

describe('a second snapshot', () => {
  /** Long enough ago that a file’s times tell whether it has changed since. */
  const settle = () => new Promise((resolve) => setTimeout(resolve, 150));

  test('reads what has changed alone, stores what is new alone, and is whole by itself', async () => {
    for (let n = 0; n < 100; n += 1) writeFileSync(join(tree, `f${n}`), randomBytes(5_000));
    await settle();
    const first = await takeSnapshot(tree, { store });
    expect(first).toMatchObject({ files: 100, read: 100, added: { packs: 1 } });
    writeFileSync(join(tree, 'f7'), 'changed');
    renameSync(join(tree, 'f8'), join(tree, 'g8'));
    rmSync(join(tree, 'f9'));
    const second = await takeSnapshot(tree, { store, previous: first.manifest });
    expect(second).toMatchObject({ files: 99, read: 2 });
    expect(second.added.bytes).toBeLessThan(1_000);
    await restoreSnapshot({ store, manifest: second.manifest, into: join(folder, 'back') });
    expect(describeTree(join(folder, 'back'))).toEqual(describeTree(tree));
    const third = await takeSnapshot(join(folder, 'back'), { store, previous: second.manifest });
    expect(third).toMatchObject({ read: 99, added: { packs: 0 } });
  });

  test('sees a change that leaves size and modification time as they were', async () => {
    writeFileSync(join(tree, 'f'), 'aaaa');
    utimesSync(join(tree, 'f'), 1, 1);
    await settle();
    const { manifest } = await takeSnapshot(tree, { store });
    writeFileSync(join(tree, 'f'), 'bbbb');
    utimesSync(join(tree, 'f'), 1, 1);
    const again = await takeSnapshot(tree, { store, previous: manifest });
    expect(fileIn(again.manifest, 'f').hash).not.toBe(fileIn(manifest, 'f').hash);
  });

  test('sees a change within the same tick of the clock', async () => {
    for (let n = 0; n < 20; n += 1) {
      writeFileSync(join(tree, 'f'), 'aaaa');
      const { manifest } = await takeSnapshot(tree, { store });
      writeFileSync(join(tree, 'f'), 'bbbb');
      const again = await takeSnapshot(tree, { store, previous: manifest });
      expect(fileIn(again.manifest, 'f').hash).not.toBe(fileIn(manifest, 'f').hash);
    }
  });

  test('leaves behind a pack of which little is still needed', async () => {
    for (let n = 0; n < 20; n += 1) writeFileSync(join(tree, `f${n}`), randomBytes(50_000));
    await settle();
    const first = await takeSnapshot(tree, { store });
    for (let n = 1; n < 20; n += 1) rmSync(join(tree, `f${n}`));
    const second = await takeSnapshot(tree, { store, previous: first.manifest });
    const third = await takeSnapshot(tree, { store, previous: second.manifest });
    expect(third.manifest.packs.map((pack) => pack.size)).toEqual([50_000]);
  });
});

describe('what comes back damaged', () => {
  async function taken(): Promise<{ hash: string; manifest: Manifest }> {
    for (let n = 0; n < 30; n += 1) writeFileSync(join(tree, `f${n}`), randomBytes(600_000));
    const { hash, manifest } = await takeSnapshot(tree, { store });
    expect(manifest.packs.length).toBeGreaterThan(2);
    return { hash, manifest };
  }
  const place = async (hash: string) => {
    const target = join(folder, 'root', 'workspace');
    mkdirSync(target, { recursive: true });
    writeFileSync(join(target, 'before'), 'as it was');
    const restored = restoreInPlace({ store, manifest: await loadManifest(store, hash), target, remove });
    await expect(restored).rejects.toThrow(SnapshotDamaged);
    expect(readdirSync(join(folder, 'root'))).toEqual(['workspace']);
    expect(readdirSync(target)).toEqual(['before']);
  };

  test('by one changed byte in a pack is refused, and nothing is half restored', async () => {
    const { hash, manifest } = await taken();
    const path = join(folder, 'blobs', manifest.packs.at(-1)!.hash);
    const bytes = readFileSync(path);
    bytes[100]! ^= 1;
    writeFileSync(path, bytes);
    await place(hash);
  });

  test('by a missing pack is refused, and nothing is half restored', async () => {
    const { hash, manifest } = await taken();
    rmSync(join(folder, 'blobs', manifest.packs[1]!.hash));
    await place(hash);
  });

  test('by a manifest that names another content for a file is refused', async () => {
    const { manifest } = await taken();
    const [one, other] = [fileIn(manifest, 'f0'), fileIn(manifest, 'f1')];
    [one.parts, other.parts] = [other.parts, one.parts];
    await expect(restoreSnapshot({ store, manifest, into: join(folder, 'back') })).rejects.toThrow(SnapshotDamaged);
  });

  test('by a changed manifest is refused', async () => {
    const { hash } = await taken();
    const path = join(folder, 'blobs', hash);
    writeFileSync(path, readFileSync(path).subarray(0, 200));
    await expect(loadManifest(store, hash)).rejects.toThrow(SnapshotDamaged);
    expect(existsSync(join(folder, 'root'))).toBe(false);
  });
});
