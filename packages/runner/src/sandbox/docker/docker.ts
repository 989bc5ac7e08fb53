/**
 * Isolation by containers: one for each session's sandbox, without network, on a read-only image, as a user without
 * capabilities, limited in memory, CPU and processes by the engine. See `container.ts` for what it is made of, `keeper.ts` for
 * what holds it and signals in it, `program.ts` for how programs get in.
 *
 * The engine must see this machine's files under the paths that the runner knows them by: it runs on the same machine, not in a
 * virtual one beside it, and the runner is not itself in a container of it.
 */
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeEtc } from '../etc.ts';
import { giveTree, makeLayout, makeWorkspace, type Owner } from '../layout.ts';
import {
  type Resources,
  type Sandbox,
  type SandboxDriver,
  SandboxRefused,
  type SandboxSpec,
  SandboxUnavailable,
} from '../port.ts';
import { DEFAULT_RESOURCES, described, resourcesFor } from '../resources.ts';
import { checkSpec, isWithin, programsInside } from '../spec-rules.ts';
import { containerOptions, LABEL } from './container.ts';
import { DEFAULT_SOCKET, Engine, type EngineError, type EngineFacts } from './engine.ts';
import { Keeper } from './keeper.ts';
import { ownerFor } from './owner.ts';
import { probe } from './probe.ts';
import { processesOf } from './processes.ts';
import { sandboxAround } from './sandbox.ts';

export interface DockerOptions {
  /** The engine's Unix socket. */
  socketPath?: string;
  /** What sessions run in that name no image; without it they cannot. */
  image?: string;
  /** Images that sessions may name, beside that one. */
  images?: readonly string[];
  /** For example `runsc`. */
  runtime?: string;
  resources?: Resources;
  /** A folder that the engine sees too, for the self-test. */
  scratch?: string;
}

const READY_PATIENCE_MS = 60_000;
const NO_IMAGE = 'Set RIGGER_DOCKER_IMAGE to an image of this machine that has glibc and libstdc++, such as debian:12.';

export function createDockerDriver(options: DockerOptions = {}): SandboxDriver {
  const { socketPath = DEFAULT_SOCKET, resources: most = DEFAULT_RESOURCES } = options;
  const engine = new Engine(socketPath);
  let known: Promise<EngineFacts> | undefined;
  const facts = () => {
    known ??= engine.facts().catch((error) => {
      known = undefined; // it may be started
      throw error;
    });
    return known;
  };
  const open = async (spec: SandboxSpec) => openIn(engine, await facts(), options, most, spec);

  return {
    name: 'docker',
    // Containers hold the folders themselves and not their paths.
    movable: true,
    async selfTest() {
      known = undefined;
      try {
        const found = await facts();
        const image = imageFor(options, undefined);
        const weaker = await probe(open, options.scratch ?? tmpdir());
        const lacks = lackingLimits(found, most);
        return {
          ok: true,
          detail: [
            `${image} on ${found.name}${options.runtime === undefined ? '' : ` with ${options.runtime}`}`,
            described(most),
            ...(lacks.length === 0 ? [] : [`NOT limited, as the engine cannot here: ${lacks.join(', ')}`]),
            ...(found.seccomp ? [] : ['without a filter of system calls, as the engine has none']),
            ...weaker,
          ].join('; '),
        };
      } catch (error) {
        if (error instanceof SandboxUnavailable) return { ok: false, reason: error.reason, remedy: error.remedy };
        return { ok: false, reason: (error as Error).message, remedy: 'See docs/SANDBOXES.md.' };
      }
    },
    async prepare(root) {
      makeWorkspace(root, handOver(ownerFor(root)));
    },
    open,
    async reap(dataDir) {
      const within = resolve(dataDir);
      const left = (await engine.labelled(LABEL)).filter(({ value }) => isWithin(value, within));
      const counts = await Promise.all(
        left.map(async ({ id }) => {
          const processes = processesOf(await engine.firstPid(id).catch(() => 0));
          await engine.remove(id);
          return processes.length;
        }),
      );
      return counts.reduce((sum, count) => sum + count, 0);
    },
  };
}

/** Only root can give files to another, and needs to. */
const handOver = (owner: Owner): Owner | undefined => (process.getuid!() === 0 ? owner : undefined);

/** @throws SandboxRefused, or SandboxUnavailable where there is none to take. */
function imageFor({ image, images = [] }: DockerOptions, asked: string | undefined): string {
  if (asked !== undefined && asked !== image && !images.includes(asked))
    throw new SandboxRefused(
      'image_not_allowed',
      `sessions may not run in the image ${asked} here; there are: ${[...(image === undefined ? [] : [image]), ...images].join(', ') || 'none'}`,
    );
  const chosen = asked ?? image;
  if (chosen === undefined) throw new SandboxUnavailable('docker', 'no image is set to run agents in', NO_IMAGE);
  return chosen;
}

function lackingLimits({ limits }: EngineFacts, { memoryBytes, cpus }: Resources): string[] {
  return [
    ...(memoryBytes !== null && !limits.memory ? ['memory'] : []),
    ...(memoryBytes !== null && !limits.swap ? ['swap'] : []),
    ...(cpus !== null && !limits.cpus ? ['CPUs'] : []),
    ...(limits.processes ? [] : ['processes']),
  ];
}

async function openIn(
  engine: Engine,
  facts: EngineFacts,
  options: DockerOptions,
  most: Resources,
  spec: SandboxSpec,
): Promise<Sandbox> {
  checkSpec(spec);
  const image = imageFor(options, spec.image);
  const resources = resourcesFor(most, spec.resources);
  const owner = ownerFor(spec.root);
  // To an engine without root, its own user is root inside; what that user may do is all the same what it may do outside.
  const user = facts.rootless ? { uid: 0, gid: 0 } : owner;
  const inside = programsInside(spec);
  const layout = makeLayout(spec.root, handOver(owner));
  mkdirSync(join(layout.root, 'shm'), { recursive: true, mode: 0o700 });
  const etc = writeEtc(layout.root, user);
  if (handOver(owner))
    for (const folder of ['home', 'tmp', 'shm', 'workspace']) await giveTree(join(layout.root, folder), owner);

  let container: string | undefined;
  try {
    const imageVariables = await engine.imageVariables(image);
    container = await engine.create(
      containerOptions({
        sessionId: spec.sessionId,
        image,
        // To Podman a name alone means the value that it has in Podman's own environment.
        withoutVariables: facts.podman ? [] : imageVariables,
        ...(options.runtime === undefined ? {} : { runtime: options.runtime }),
        layout,
        workingDirectory: spec.workingDirectory,
        programs: Object.entries(spec.programs).map(([name, host]) => [host, inside[name]!]),
        etc,
        user,
        resources: { ...resources, cpus: facts.limits.cpus ? resources.cpus : null },
        cpus: facts.cpus,
      }),
    );
    const keeper = new Keeper(await engine.attach(container));
    await engine.start(container);
    await Promise.race([keeper.pid, sleep(READY_PATIENCE_MS, undefined, { ref: false }).then(() => tooLate())]);
    return sandboxAround({
      place: { engine, container, imageVariables, keeper },
      firstPid: await engine.firstPid(container),
      layout,
      spec,
      programs: inside,
      handOver: handOver(owner),
    });
  } catch (error) {
    if (container !== undefined) await engine.remove(container).catch(() => {});
    throw error instanceof SandboxUnavailable ? error : failed(engine, error as EngineError);
  }
}

function tooLate(): never {
  throw new Error(`the container was not up within ${READY_PATIENCE_MS / 1000} s`);
}

function failed(engine: Engine, error: EngineError): SandboxUnavailable {
  if (error.code !== undefined || error.statusCode === undefined) return engine.unreachable(error);
  return new SandboxUnavailable(
    'docker',
    error.message.trim(),
    'See docs/SANDBOXES.md for what the engine and the image must be able to do.',
    { cause: error },
  );
}
