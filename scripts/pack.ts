/**
 * Makes what strangers install: `dist/rigger-<version>.tgz` with the command, the server, the runner, the offline model,
 * the client and the built page in it, and `dist/rigger-client-<version>.tgz` with the client alone.
 *
 * Node strips no types below node_modules, so the sources are JavaScript in there: file by file and not bundled into one,
 * because migrations, samples and helper programs are found beside the file that needs them. Other people's packages stay
 * ordinary dependencies.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = process.argv[2] ?? join(root, 'dist');

interface Manifest {
  name: string;
  version: string;
  exports?: Record<string, string>;
  bin?: Record<string, string>;
  dependencies?: Record<string, string>;
  overrides?: Record<string, unknown>;
  [other: string]: unknown;
}

/** The workspace's packages that go into the one of the command, by folder, with what else they read beside `src`. */
const PACKAGES: Record<string, string[]> = {
  rigger: ['samples'],
  server: [],
  runner: [],
  'offline-model': ['scenarios'],
  client: [],
};
/** What only tests need. */
const LEFT_OUT = /\.test\.ts$|\.d\.ts$|\/fixtures\/|\/conformance(-\w+)?\.ts$/;

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest;
const toJs = (path: string): string => path.replace(/\.ts$/, '.js');
const withJs = (paths: Record<string, string> | undefined): Record<string, string> =>
  Object.fromEntries(Object.entries(paths ?? {}).map(([name, path]) => [name, toJs(path)]));

/** A source as JavaScript: types taken out, and other sources named as they are called then. */
function compile(source: string, file: string): string {
  const { outputText } = ts.transpileModule(source, {
    fileName: file,
    compilerOptions: {
      target: ts.ScriptTarget.ES2024,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
      rewriteRelativeImportExtensions: true,
    },
  });
  const text = outputText.replace(
    /new URL\('(\.[^']+)\.ts', import\.meta\.url\)/g,
    "new URL('$1.js', import.meta.url)",
  );
  const left = /['"`]\.{1,2}\/[^'"`\n]*\.ts['"`]/.exec(text);
  if (left !== null) throw new Error(`${file} names ${left[0]}, which is JavaScript once it is packed.`);
  return text;
}

function copyPackage(folder: string, beside: readonly string[], to: string): void {
  const from = join(root, 'packages', folder);
  for (const path of globSync('src/**/*', { cwd: from, withFileTypes: false })) {
    const file = join(from, path);
    if (LEFT_OUT.test(`/${path}`) || !/\.[^/.]+$/.test(path)) continue;
    const target = join(to, toJs(path));
    mkdirSync(dirname(target), { recursive: true });
    if (path.endsWith('.ts')) writeFileSync(target, compile(readFileSync(file, 'utf8'), path));
    else cpSync(file, target);
  }
  for (const name of beside) cpSync(join(from, name), join(to, name), { recursive: true });
}

/** Of the page what browsers get, and nothing that it is made of. */
function stagePage(stage: string): Manifest {
  const from = join(root, 'packages/dashboard');
  execFileSync(process.execPath, [join(from, 'build/when-stale.ts'), '--strict'], { stdio: 'inherit' });
  const { name, version, license, type, exports } = manifestOf('packages/dashboard');
  const to = join(stage, 'node_modules', name);
  cpSync(join(from, 'dist'), join(to, 'dist'), { recursive: true });
  writeFileSync(join(to, 'package.json'), `${JSON.stringify({ name, version, license, type, exports }, null, 2)}\n`);
  return { name, version };
}

function stageRigger(stage: string): void {
  const dependencies: Record<string, string> = {};
  const bundled: string[] = [];
  for (const [folder, beside] of Object.entries(PACKAGES)) {
    const manifest = manifestOf(join('packages', folder));
    const isMain = manifest.name === 'rigger';
    copyPackage(folder, beside, isMain ? stage : join(stage, 'node_modules', manifest.name));
    for (const [name, version] of Object.entries(manifest.dependencies ?? {}))
      if (!name.startsWith('@rigger/')) dependencies[name] = version;
    if (isMain) continue;
    bundled.push(manifest.name);
    dependencies[manifest.name] = manifest.version;
    const { name, version, license, type } = manifest;
    const inner = { name, version, license, type, exports: withJs(manifest.exports) };
    writeFileSync(join(stage, 'node_modules', name, 'package.json'), `${JSON.stringify(inner, null, 2)}\n`);
  }
  const page = stagePage(stage);
  bundled.push(page.name);
  dependencies[page.name] = page.version;
  // Of a package that is installed, overrides have no say: what they pin is a dependency of its own.
  for (const [name, version] of Object.entries(manifestOf('.').overrides ?? {}))
    if (typeof version === 'string') dependencies[name] = version;

  const { name, version, license, type, engines, bin } = manifestOf('packages/rigger');
  const manifest = {
    name,
    version,
    description: 'The self-hosted home for Claude Agent SDK agents',
    license,
    type,
    engines,
    bin: withJs(bin),
    exports: { './package.json': './package.json' },
    dependencies: Object.fromEntries(Object.entries(dependencies).sort()),
    bundleDependencies: bundled,
  };
  writeFileSync(join(stage, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  for (const file of ['README.md', 'LICENSE']) cpSync(join(root, file), join(stage, file));
}

/** @returns the name of the tarball in `out`. */
function npmPack(folder: string): string {
  const said = execFileSync('npm', ['pack', folder, '--json', '--pack-destination', out], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [packed] = Object.values(
    JSON.parse(said.slice(said.search(/[[{]\s*["{]/))) as Record<string, { filename: string }>,
  );
  return packed!.filename;
}

mkdirSync(out, { recursive: true });
const stage = mkdtempSync(join(tmpdir(), 'rigger-pack-'));
try {
  stageRigger(stage);
  for (const folder of [stage, join(root, 'packages/client/npm')]) console.log(join(out, npmPack(folder)));
} finally {
  rmSync(stage, { recursive: true, force: true });
}
