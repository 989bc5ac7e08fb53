/**
 * A container engine and an image for tests, made of what the machine has: Docker's daemon on folders and a socket of its own, so
 * that an engine which runs here already is left alone, and an image by debootstrap, as none can be relied upon to be fetched.
 *
 * `node scripts/test/docker.ts npx vitest run …` runs a command with them, and ends them with it.
 */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import Docker from 'dockerode';

const SUITE = 'bookworm';
const IMAGE = `rigger-test:${SUITE}`;
/** A variable of the image's that must not reach agents. */
const CHANGES = ['ENV RIGGER_TEST_IMAGE=of-the-image', 'ENV PATH=/of/the/image:/usr/bin:/bin'];
const CACHE = `/var/cache/rigger-test/${SUITE}-${process.arch}.tar`;
const UP_MS = 30_000;

export interface TestEngine {
  /** Variables by which tests find it. */
  env: Record<string, string>;
  stop(): Promise<void>;
}

/** Why tests can have no engine here; null when nothing speaks against it. */
export function engineLacks(): { what: string; mend: string } | null {
  if (process.env.RIGGER_TEST_DOCKER_IMAGE) return null;
  const lacking = ['dockerd', 'debootstrap'].filter((name) => spawnSync('which', [name]).status !== 0);
  const root = process.getuid?.() === 0;
  if (root && lacking.length === 0) return null;
  return {
    what: `tests have no container engine here (${[...(root ? [] : ['not root']), ...lacking.map((name) => `no ${name}`)].join(', ')})`,
    mend: 'apt-get install docker.io debootstrap, as root; or name an image of an engine that runs in RIGGER_TEST_DOCKER_IMAGE, and its socket in RIGGER_TEST_DOCKER_SOCKET',
  };
}

/** Starts one, below `folder`; the one that the environment names is taken as it is. @throws Error with what the programs said. */
export async function startTestEngine(folder: string): Promise<TestEngine> {
  if (process.env.RIGGER_TEST_DOCKER_IMAGE) return { env: {}, stop: async () => {} };
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  const socket = join(folder, 'docker.sock');
  const config = join(folder, 'daemon.json');
  // Where this process may not raise its own limits, neither may the daemon those of containers.
  writeFileSync(
    config,
    JSON.stringify({ 'default-ulimits': { nofile: { Name: 'nofile', Soft: 1024, Hard: 20_000 } } }),
  );
  const paths = ['data-root', 'exec-root', 'pidfile'].flatMap((name) => [`--${name}`, join(folder, name)]);
  const network = [
    '--bridge',
    'none',
    '--iptables=false',
    '--ip6tables=false',
    '--ip-forward=false',
    '--ip-masq=false',
  ];
  const daemon = spawn('dockerd', ['--config-file', config, '--host', `unix://${socket}`, ...paths, ...network], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said = text(daemon.stderr);
  const exited = once(daemon, 'exit');
  process.once('exit', () => daemon.kill('SIGTERM')); // where nobody came to stop it
  const docker = new Docker({ socketPath: socket });
  const stop = async () => {
    daemon.kill('SIGTERM');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (const deadline = Date.now() + UP_MS; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
      if (daemon.exitCode !== null || daemon.signalCode !== null) throw new Error(`dockerd ended: ${await said}`);
      if (await docker.ping().then(Boolean, () => false)) break;
      if (Date.now() > deadline) throw new Error(`dockerd was not up within ${UP_MS / 1000} s`);
    }
    await minimalDebian(folder);
    const [repo, tag] = IMAGE.split(':');
    const progress = await docker.importImage(createReadStream(CACHE), { repo, tag, changes: CHANGES.join('\n') });
    await text(progress as Readable);
    return { env: { RIGGER_TEST_DOCKER_SOCKET: socket, RIGGER_TEST_DOCKER_IMAGE: IMAGE }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A minimal Debian as an archive, kept for the next time. @returns its path. @throws Error with what debootstrap said. */
export async function minimalDebian(folder: string): Promise<string> {
  if (existsSync(CACHE)) return CACHE;
  const root = join(folder, 'root');
  const log = await promisify(execFile)('debootstrap', ['--variant=minbase', SUITE, root], {
    maxBuffer: 64 * 1024 ** 2,
  }).catch((error: Error & { stdout?: string }) => {
    throw new Error(`debootstrap: ${error.message}\n${error.stdout?.slice(-2_000)}`);
  });
  if (!existsSync(join(root, 'bin/sh'))) throw new Error(`debootstrap made nothing: ${log.stdout.slice(-2_000)}`);
  mkdirSync(dirname(CACHE), { recursive: true });
  const half = `${CACHE}.${process.pid}`;
  const without = ['var/cache/apt', 'var/lib/apt/lists', 'usr/share/doc', 'usr/share/locale'];
  await promisify(execFile)('tar', ['-C', root, ...without.map((path) => `--exclude=./${path}`), '-cf', half, '.']);
  renameSync(half, CACHE);
  rmSync(root, { recursive: true, force: true });
  return CACHE;
}

if (import.meta.main) {
  const lacks = engineLacks();
  if (lacks !== null) throw new Error(`${lacks.what}: ${lacks.mend}`);
  const folder = mkdtempSync(join(tmpdir(), 'rigger-engine-'));
  const engine = await startTestEngine(join(folder, 'docker'));
  const [command = process.env.SHELL ?? '/bin/sh', ...args] = process.argv.slice(2);
  console.error(
    Object.entries(engine.env)
      .map(([name, value]) => `${name}=${value}`)
      .join(' '),
  );
  const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, ...engine.env } });
  process.on('SIGINT', () => {}); // the command's to heed
  const [code] = await once(child, 'exit');
  await engine.stop();
  rmSync(folder, { recursive: true, force: true });
  process.exitCode = code ?? 1;
}
