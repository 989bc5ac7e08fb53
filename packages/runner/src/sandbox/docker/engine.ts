/**
 * The container engine of this machine, through its API on a Unix socket: Docker's, or Podman's compatible one.
 *
 * Two rules. What streams has no time limit, everything else has: an engine that hangs must not hang a session for ever. And
 * `attach` is dialled with an empty body: dockerode sends its options there too, and Podman gives them to the container as its
 * input (dockerode #742, #777).
 */
import type { Duplex } from 'node:stream';
import Docker from 'dockerode';
import { SandboxUnavailable } from '../port.ts';

const CALL_TIMEOUT_MS = 60_000;
export const DEFAULT_SOCKET = '/var/run/docker.sock';
const START_ENGINE =
  'Start Docker (or `podman system service`), let this user use its socket, and name it in RIGGER_DOCKER_SOCKET when it is elsewhere.';

/** What a failed call was about. `statusCode` is HTTP's; absent when the engine did not answer. */
export interface EngineError extends Error {
  statusCode?: number;
  code?: string;
}

export interface EngineFacts {
  /** `Docker 28.2.2`, `Podman 5.4`. */
  name: string;
  podman: boolean;
  cpus: number;
  /** Its root is an ordinary user of this machine. */
  rootless: boolean;
  seccomp: boolean;
  /** Which limits its cgroups can hold. */
  limits: { memory: boolean; swap: boolean; cpus: boolean; processes: boolean };
  runtimes: string[];
}

export class Engine {
  readonly socketPath: string;
  readonly #calls: Docker;
  readonly #streams: Docker;

  constructor(socketPath: string) {
    this.socketPath = socketPath;
    this.#calls = new Docker({ socketPath, timeout: CALL_TIMEOUT_MS });
    this.#streams = new Docker({ socketPath });
  }

  /** @throws SandboxUnavailable when it cannot be reached. */
  async facts(): Promise<EngineFacts> {
    if (!this.socketPath.startsWith('/'))
      throw new SandboxUnavailable(
        'docker',
        `${this.socketPath} is not a Unix socket of this machine, and an engine elsewhere does not see its files`,
        START_ENGINE,
      );
    try {
      const [info, version] = await Promise.all([this.#calls.info(), this.#calls.version()]);
      const secured = ((info.SecurityOptions ?? []) as string[]).map((option) => option.split(',')[0]);
      const podman = ((version.Components ?? []) as { Name?: string; Version?: string }[]).find(({ Name }) =>
        Name?.startsWith('Podman'),
      );
      return {
        name: podman === undefined ? `Docker ${version.Version}` : `Podman ${podman.Version ?? version.Version}`,
        podman: podman !== undefined,
        cpus: info.NCPU,
        rootless: secured.includes('name=rootless'),
        seccomp: secured.includes('name=seccomp'),
        limits: {
          memory: info.MemoryLimit,
          swap: info.SwapLimit,
          cpus: info.CpuCfsQuota,
          processes: info.PidsLimit !== false,
        },
        runtimes: Object.keys(info.Runtimes ?? {}),
      };
    } catch (error) {
      throw this.unreachable(error as EngineError);
    }
  }

  /** The variables that an image sets. @throws SandboxUnavailable when the image is not there. */
  async imageVariables(image: string): Promise<string[]> {
    try {
      const { Config } = await this.#calls.getImage(image).inspect();
      return (Config?.Env ?? []).map((variable) => variable.split('=', 1)[0]!);
    } catch (error) {
      if ((error as EngineError).statusCode !== 404) throw this.unreachable(error as EngineError);
      throw new SandboxUnavailable(
        'docker',
        `the image ${image} is not on this machine`,
        `Pull or build it first (docker pull ${image}); runners fetch no images.`,
        { cause: error },
      );
    }
  }

  /** @returns the container's id. */
  async create(options: Docker.ContainerCreateOptions): Promise<string> {
    return (await this.#calls.createContainer(options)).id;
  }

  /** Its standard input and output, framed; to be called before `start`, so that nothing is missed. */
  attach(id: string): Promise<Duplex> {
    return orAborted(
      (abortSignal) =>
        new Promise((resolve, reject) => {
          const call = {
            path: `/containers/${id}/attach?`,
            method: 'POST',
            isStream: true,
            hijack: true,
            openStdin: true,
            abortSignal,
            file: Buffer.alloc(0),
            options: { stream: true, stdin: true, stdout: true },
            statusCodes: { 101: true, 200: true, 400: 'bad parameter', 404: 'no such container', 500: 'server error' },
          };
          this.#streams.modem.dial(call, (error, stream) => (error ? reject(error) : resolve(stream as Duplex)));
        }),
    );
  }

  async start(id: string): Promise<void> {
    await this.#calls.getContainer(id).start();
  }

  /** Host pid of a container's first process; 0 when it does not run, or not on this kernel. */
  async firstPid(id: string): Promise<number> {
    return (await this.#calls.getContainer(id).inspect()).State.Pid;
  }

  /** Starts one more program in a container. */
  async exec(id: string, options: Docker.ExecCreateOptions): Promise<{ exec: string; stream: Duplex }> {
    const exec = await this.#calls
      .getContainer(id)
      .exec({ ...options, AttachStdin: true, AttachStdout: true, AttachStderr: true });
    const started = this.#streams.getExec(exec.id);
    const stream = await orAborted((abortSignal) => started.start({ hijack: true, stdin: true, abortSignal }));
    return { exec: exec.id, stream };
  }

  /** Its exit code; null while it runs. */
  async exitCode(exec: string): Promise<number | null> {
    const { Running, ExitCode } = await this.#calls.getExec(exec).inspect();
    return Running ? null : ExitCode;
  }

  /** Kills and removes a container; one that is gone, or going, is no error. Resolves once it is gone. */
  async remove(id: string): Promise<void> {
    const container = this.#calls.getContainer(id);
    for (let pause = 5; ; pause = Math.min(pause * 2, 100)) {
      try {
        await container.remove({ force: true, v: true });
      } catch (error) {
        const { statusCode } = error as EngineError;
        if (statusCode === 404) return;
        // Removal by itself, which begins when its first process ends, may be under way.
        if (statusCode !== 409) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  /** Containers that carry a label, whether they run or not, with its value. */
  async labelled(label: string): Promise<{ id: string; value: string }[]> {
    const found = await this.#calls.listContainers({ all: true, filters: { label: [label] } });
    return found.map(({ Id, Labels }) => ({ id: Id, value: Labels[label]! }));
  }

  unreachable(error: EngineError): SandboxUnavailable {
    const reason =
      error.statusCode === undefined
        ? `no engine answers on ${this.socketPath} (${error.code ?? error.message})`
        : `the engine answers ${error.message.trim()}`;
    return new SandboxUnavailable('docker', reason, START_ENGINE, { cause: error });
  }
}

/** A call that is to become a stream leaves its connection open when it fails. */
async function orAborted<T>(call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  try {
    return await call(abort.signal);
  } catch (error) {
    abort.abort();
    throw error;
  }
}
