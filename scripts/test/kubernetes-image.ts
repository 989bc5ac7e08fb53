/**
 * The image for tests on a cluster, made of what is here: a minimal Debian, this node, the packages that are not for development, and the
 * sources. An archive as `docker save` writes one. What changes rarely is a layer of its own, kept for the next time.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  createReadStream,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { minimalDebian } from './docker.ts';

const UID = 10_001;
/** Sorted, and of no time and nobody: the same files make the same layer. */
const STABLE = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'];

/** Packages that the program needs, as paths below the repository. */
function runtimePackages(root: string): string[] {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean; devOptional?: boolean; link?: boolean }>;
  };
  const wanted = Object.entries(lock.packages).filter(
    ([path, { dev, devOptional }]) => path.includes('node_modules/') && dev !== true && devOptional !== true,
  );
  const paths = wanted.map(([path]) => path).filter((path) => existsSync(join(root, path)));
  // A package inside another one comes with it.
  const all = new Set(paths);
  const isInside = (path: string) => {
    for (let at = path.lastIndexOf('/node_modules/'); at > 0; at = path.lastIndexOf('/node_modules/', at - 1))
      if (all.has(path.slice(0, at))) return true;
    return false;
  };
  return paths.filter((path) => !isInside(path));
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** Makes a file of the cache unless it is there. */
async function once(path: string, make: (half: string) => void | Promise<void>): Promise<string> {
  if (existsSync(path)) return path;
  mkdirSync(dirname(path), { recursive: true });
  const half = `${path}.${process.pid}`;
  await make(half);
  renameSync(half, path);
  return path;
}

/** Node, tini, the packages and the user they run as. */
function packLibraries(root: string, out: string, scratch: string): void {
  const tree = mkdtempSync(join(scratch, 'libraries-'));
  const put = (from: string, to: string, mode: number) => {
    mkdirSync(dirname(join(tree, to)), { recursive: true });
    copyFileSync(from, join(tree, to));
    chmodSync(join(tree, to), mode);
  };
  put(process.execPath, 'usr/local/bin/node', 0o755);
  put('/usr/bin/tini', 'usr/bin/tini', 0o755);
  mkdirSync(join(tree, 'etc'));
  writeFileSync(
    join(tree, 'etc/passwd'),
    `root:x:0:0:root:/root:/bin/sh\nrigger:x:${UID}:${UID}::/var/lib/rigger:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n`,
  );
  writeFileSync(join(tree, 'etc/group'), `root:x:0:\nrigger:x:${UID}:\nnogroup:x:65534:\n`);
  symlinkSync('/rigger/packages/rigger/src/bin.ts', join(tree, 'usr/local/bin/rigger'));
  execFileSync('tar', ['-C', tree, ...STABLE, '-cf', out, '.']);
  const into = ['--transform', 's,^\\(node_modules\\|packages\\),rigger/\\1,S'];
  execFileSync('tar', ['-C', root, ...STABLE, ...into, '-rf', out, ...runtimePackages(root)]);
  rmSync(tree, { recursive: true });
}

function packSources(root: string, out: string): void {
  const into = ['--transform', 's,^,rigger/,S', '--exclude=*.test.ts', '--exclude=node_modules'];
  const folders = readdirSync(join(root, 'packages')).map((name) => `packages/${name}`);
  execFileSync('tar', ['-C', root, ...STABLE, ...into, '-cf', out, 'package.json', ...folders]);
}

/**
 * Makes `name` (with a tag other than latest) as an archive at `out`. @returns the same path.
 * @throws Error when this machine lacks what it is made of.
 */
export async function makeTestImage(root: string, name: string, out: string, cache: string): Promise<string> {
  const scratch = mkdtempSync(join(dirname(out), 'image-'));
  try {
    const key = createHash('sha256')
      .update(readFileSync(join(root, 'package-lock.json')))
      .update(`${process.version} ${lstatSync(process.execPath).size} 2`)
      .digest('hex')
      .slice(0, 16);
    const debian = await minimalDebian(scratch);
    const libraries = await once(join(cache, `libraries-${key}.tar`), (half) => packLibraries(root, half, scratch));
    const sources = join(scratch, 'sources.tar');
    packSources(root, sources);
    const layers: string[] = [];
    for (const path of [debian, libraries, sources]) {
      // What lies in the cache was read before.
      const known = `${path}.sha256`;
      const hash = existsSync(known) ? readFileSync(known, 'utf8') : await hashOf(path);
      if (path !== sources) writeFileSync(known, hash);
      layers.push(hash);
      linkOrCopy(path, join(scratch, `${hash}.tar`));
    }
    const config = JSON.stringify({
      architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
      os: 'linux',
      created: '1970-01-01T00:00:00Z',
      config: {
        User: String(UID),
        WorkingDir: '/rigger',
        Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'NODE_ENV=production'],
        Entrypoint: ['tini', '--', 'rigger'],
        Cmd: ['serve'],
      },
      rootfs: { type: 'layers', diff_ids: layers.map((hash) => `sha256:${hash}`) },
    });
    const configName = `${createHash('sha256').update(config).digest('hex')}.json`;
    writeFileSync(join(scratch, configName), config);
    const files = layers.map((hash) => `${hash}.tar`);
    writeFileSync(
      join(scratch, 'manifest.json'),
      JSON.stringify([{ Config: configName, RepoTags: [name], Layers: files }]),
    );
    execFileSync('tar', ['-C', scratch, '-cf', out, 'manifest.json', configName, ...files]);
    return out;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to); // another file system
  }
}
