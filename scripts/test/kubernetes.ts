/**
 * A cluster for tests: the one that KUBECONFIG names, with the image that RIGGER_TEST_KUBERNETES_IMAGE names there; or one of this machine's
 * own, made by a script that lies beside the repository (RIGGER_TEST_CLUSTER_SCRIPT), with an image made of what is here.
 *
 * `node scripts/test/kubernetes.ts COMMAND…` starts one, runs the command with it, and ends it.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { makeTestImage } from './kubernetes-image.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const CACHE = '/var/cache/rigger-test';
const IMAGE = 'localhost/rigger:test';
const script = resolve(root, process.env.RIGGER_TEST_CLUSTER_SCRIPT ?? '../shared/kubernetes/cluster.sh');

export interface TestCluster {
  /** Variables by which tests find it. */
  env: Record<string, string>;
  stop(): Promise<void>;
}

/** Why tests can have no cluster here; null when nothing speaks against it. */
export function clusterLacks(): { what: string; mend: string } | null {
  if (process.env.KUBECONFIG) {
    if (process.env.RIGGER_TEST_KUBERNETES_IMAGE) return null;
    return {
      what: 'tests do not know what to run on the cluster that KUBECONFIG names',
      mend: 'name an image of Rigger that its nodes can pull in RIGGER_TEST_KUBERNETES_IMAGE',
    };
  }
  if (existsSync(script) && process.getuid?.() === 0) return null;
  return {
    what: `there is no Kubernetes cluster (no KUBECONFIG, ${existsSync(script) ? 'and not root' : 'and no script that makes one'})`,
    mend: 'name one in KUBECONFIG, and an image of Rigger that its nodes can pull in RIGGER_TEST_KUBERNETES_IMAGE',
  };
}

/** @throws Error with what the programs said. */
export async function startTestCluster(say: (text: string) => void = () => {}): Promise<TestCluster> {
  if (process.env.KUBECONFIG) return { env: {}, stop: async () => {} };
  const env = { ...process.env, CLUSTER_DIR: process.env.CLUSTER_DIR ?? join(CACHE, 'cluster') };
  const run = async (...args: string[]): Promise<string> => {
    say(`cluster: ${args[0]}`);
    const { stdout } = await promisify(execFile)(script, args, { env, maxBuffer: 64 * 1024 ** 2 });
    return stdout;
  };
  await run('build');
  const up = await run('up');
  const kubeconfig = /KUBECONFIG=["']?([^"'\n]+)/.exec(up)?.[1];
  const stop = async () => {
    await run('down');
  };
  const folder = mkdtempSync(join(tmpdir(), 'rigger-kubernetes-'));
  try {
    if (kubeconfig === undefined) throw new Error(`The cluster said no KUBECONFIG: ${up}`);
    say('cluster: image');
    const archive = await makeTestImage(root, IMAGE, join(folder, 'image.tar'), CACHE);
    await run('load', archive);
    return { env: { KUBECONFIG: kubeconfig, RIGGER_TEST_KUBERNETES_IMAGE: IMAGE }, stop };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  const lacks = clusterLacks();
  if (lacks !== null) {
    console.error(`Not run: ${lacks.what}. To run it: ${lacks.mend}.`);
    process.exit(1);
  }
  const [command, ...args] = process.argv.slice(2);
  if (command === undefined) throw new Error('Say what to run with the cluster.');
  const cluster = await startTestCluster((text) => console.error(text));
  process.on('SIGINT', () => {}); // the command's to heed
  try {
    const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, ...cluster.env } });
    const [code] = (await once(child, 'exit')) as [number | null];
    process.exitCode = code ?? 1;
  } finally {
    await cluster.stop();
  }
}
