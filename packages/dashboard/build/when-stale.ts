/**
 * Builds the page if it is missing or older than what it is made of. `npm start`, `npm run demo` and the tests call it first;
 * a page that cannot be built keeps nobody from running Rigger, unless `--strict` asks for that.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

const root = dirname(import.meta.dirname);
const stampFile = join(root, 'dist', '.built-from');
const repository = join(root, '..', '..');
const SOURCES = ['src', 'public', 'build', 'index.html', 'vite.config.ts', 'package.json'];

/** What the page is made of, as one hash. */
function stamp(): string {
  const hash = createHash('sha256');
  const add = (path: string) => hash.update(relative(root, path)).update('\0').update(readFileSync(path)).update('\0');
  for (const source of SOURCES) {
    const path = join(root, source);
    if (/\.\w+$/.test(source)) add(path);
    else
      for (const entry of readdirSync(path, { recursive: true, withFileTypes: true }).sort((a, b) =>
        join(a.parentPath, a.name) < join(b.parentPath, b.name) ? -1 : 1,
      ))
        if (entry.isFile() && !entry.name.endsWith('.test.ts')) add(join(entry.parentPath, entry.name));
  }
  // Its documents are built with it.
  for (const path of globSync(['docs/openapi.json', 'docs/**/*.md'], { cwd: repository }).sort())
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(join(repository, path)))
      .update('\0');
  return hash.digest('hex');
}

const current = stamp();
if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== current) {
  const began = performance.now();
  process.stdout.write('Building the page: once, and again when it changes … ');
  const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin', 'vite.js');
  const built = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
    cwd: root,
    encoding: 'utf8',
    // Called by tests too: what they run against is what users get.
    env: { ...process.env, NODE_ENV: 'production' },
  });
  if (built.status === 0) {
    writeFileSync(stampFile, current);
    console.log(`done in ${((performance.now() - began) / 1_000).toFixed(1)} s.`);
  } else {
    console.log(`that failed; Rigger works without it.\n${built.stdout}${built.stderr}`);
    if (process.argv.includes('--strict')) process.exitCode = 1;
  }
}
