/** What a session's container is made of. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ContainerCreateOptions } from 'dockerode';
import type { Layout, Owner } from '../layout.ts';
import type { Resources } from '../port.ts';
import { HOME, PROGRAMS, RUN } from '../spec-rules.ts';
import { KEEPER_SCRIPT } from './keeper.ts';

/** Marks a container as Rigger's; its value is the session's folder on this machine. */
export const LABEL = 'rigger.sandbox.root';

/** Node, and the program that brings connections out, as a container sees them. No program folder can have such a name. */
export const NODE = join(PROGRAMS, '.node');
export const FORWARDER = join(PROGRAMS, '.inlet.mts');

export interface ContainerParts {
  sessionId: string;
  image: string;
  /** Variables of the image's to take away. */
  withoutVariables: string[];
  /** For example `runsc`; the engine's default when absent. */
  runtime?: string;
  layout: Layout;
  workingDirectory: string;
  /** Host folder → path inside, read-only. */
  programs: [string, string][];
  /** Host folder of made-up files for /etc. */
  etc: string;
  user: Owner;
  resources: Resources;
  /** How many CPUs the engine has: it refuses to promise more. */
  cpus: number;
}

/** The engine's options for a session's container. Sources of mounts are paths of the machine that the engine runs on. */
export function containerOptions(parts: ContainerParts): ContainerCreateOptions {
  const { layout, user, resources } = parts;
  const { memoryBytes, cpus, processes } = resources;
  const bind = (Source: string, Target: string, ReadOnly: boolean) => ({
    Type: 'bind' as const,
    Source,
    Target,
    ReadOnly,
    BindOptions: { Propagation: 'rprivate' as const },
  });
  return {
    name: `rigger-${parts.sessionId.replace(/[^\w.-]/g, '')}-${crypto.randomUUID().slice(0, 8)}`,
    Image: parts.image,
    Labels: { [LABEL]: layout.root, 'rigger.session': parts.sessionId },
    Entrypoint: ['/bin/sh', '-c', KEEPER_SCRIPT],
    Cmd: [],
    // A name alone takes the image's variable away.
    Env: parts.withoutVariables,
    User: `${user.uid}:${user.gid}`,
    Hostname: 'sandbox',
    WorkingDir: '/',
    Healthcheck: { Test: ['NONE'] },
    OpenStdin: true,
    // The keeper's input ends when the runner's connection does.
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    HostConfig: {
      Init: true,
      AutoRemove: true,
      NetworkMode: 'none',
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      IpcMode: 'private',
      LogConfig: { Type: 'none', Config: {} },
      ...(parts.runtime === undefined ? {} : { Runtime: parts.runtime }),
      // The same for both: none of it may be swapped.
      ...(memoryBytes === null ? {} : { Memory: memoryBytes, MemorySwap: memoryBytes }),
      ...(cpus === null ? {} : { NanoCpus: Math.round(Math.min(cpus, parts.cpus) * 1e9) }),
      PidsLimit: processes,
      Ulimits: [{ Name: 'core', Soft: 0, Hard: 0 }, ...openFiles()],
      Mounts: [
        // Disk, not tmpfs: a build's temporary files must not eat the memory that the session may have.
        bind(layout.tmp, '/tmp', false),
        bind(layout.tmp, '/var/tmp', false),
        bind(join(layout.root, 'shm'), '/dev/shm', false),
        bind(layout.home, HOME, false),
        bind(layout.run, RUN, true),
        ...['passwd', 'group'].map((name) => bind(join(parts.etc, name), `/etc/${name}`, true)),
        ...parts.programs.map(([host, inside]) => bind(host, inside, true)),
        bind(process.execPath, NODE, true),
        bind(fileURLToPath(new URL('./inlet-forwarder.mts', import.meta.url)), FORWARDER, true),
        bind(layout.workspace, parts.workingDirectory, false),
      ],
    },
  };
}

/** As the runner's own: an engine's default may be more than its machine lets it have. */
function openFiles(): { Name: string; Soft: number; Hard: number }[] {
  const limits = readFileSync('/proc/self/limits', 'latin1');
  const [, soft, hard] = /^Max open files +(\d+) +(\d+) /m.exec(limits) ?? [];
  return hard === undefined ? [] : [{ Name: 'nofile', Soft: Number(soft), Hard: Number(hard) }];
}
