/** The workspaces of a runner's sessions: where they are, who works in them, and what they begin as. */
import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkspaceOrigin } from '../protocol/index.ts';
import { copyTree } from './copy.ts';
import { Folder, type Owner } from './folder.ts';
import { FileRefusal } from './refusal.ts';
import { removeEntry, removeTree } from './remove.ts';
import { aside, oneByOne, type Space } from './space.ts';
import { moveIn } from './unpack.ts';
import { type Quota, Usage } from './usage.ts';

export interface WorkspacesOptions {
  /** The folder that has each session's folder. */
  folders: string;
  /** Makes a session's folder and its workspace, as a sandbox of this runner expects them. */
  makeWorkspace(root: string): Promise<void>;
  quota: Quota;
  /** The name of a session's folder; by default its id. */
  folderOf?: (session: string) => string;
}

const NO_ORIGIN: WorkspaceOrigin = { workspaceFrom: null, sourcePath: null };

interface Known {
  usage: Usage;
  inTurn: Space['inTurn'];
  /** What a process that died had begun to make ready is gone. */
  cleared: boolean;
  preparing: Promise<void> | null;
}

export class Workspaces {
  readonly #options: WorkspacesOptions;
  readonly #known = new Map<string, Known>();

  constructor(options: WorkspacesOptions) {
    this.#options = options;
  }

  /** Opens a workspace to be read; null where there is none yet. The caller closes it. */
  async look(session: string, origin = NO_ORIGIN): Promise<Folder | null> {
    const root = this.#rootOf(session);
    if (origin.workspaceFrom !== null || origin.sourcePath !== null) await this.prepare(session, origin);
    return openUnlessGone(join(root, 'workspace'));
  }

  /** Works in a workspace to change it; it is made where there is none yet. */
  async change<T>(session: string, origin: WorkspaceOrigin, work: (space: Space) => Promise<T>): Promise<T> {
    await this.prepare(session, origin);
    return this.#open(session, work);
  }

  /** Sees to it that a session has its folder, and in it what it begins with, unless there is something already. */
  prepare(session: string, origin: WorkspaceOrigin): Promise<void> {
    const known = this.#knownOf(session);
    known.preparing ??= this.#prepare(session, origin).finally(() => {
      known.preparing = null;
    });
    return known.preparing;
  }

  /** Removes a session's folder with all that is in it. */
  async remove(session: string): Promise<void> {
    this.#rootOf(session);
    this.#known.delete(session);
    await removeTree(this.#options.folders, this.#options.folderOf?.(session) ?? session);
  }

  async #prepare(session: string, { workspaceFrom, sourcePath }: WorkspaceOrigin): Promise<void> {
    await this.#options.makeWorkspace(this.#rootOf(session));
    if (workspaceFrom === null && sourcePath === null) return;
    await this.#open(session, async (space) => {
      if (await hasAny(space.workspace)) return;
      const earlier =
        workspaceFrom === null ? null : await openUnlessGone(join(this.#rootOf(workspaceFrom), 'workspace'));
      const source = earlier ?? (sourcePath === null ? null : await Folder.open(await realpath(sourcePath)));
      if (source === null) return;
      try {
        // Copied beside and moved in: a runner that dies meanwhile leaves no half of it.
        await aside(space, async (name) => {
          const copy = await space.incoming.make(name, null);
          try {
            await copyTree(source, copy, space.owner);
            await space.inTurn(() => moveIn(copy, space.workspace));
          } finally {
            await copy.close();
          }
        });
      } finally {
        await source.close();
      }
    });
  }

  async #open<T>(session: string, work: (space: Space) => Promise<T>): Promise<T> {
    const known = this.#knownOf(session);
    const root = await Folder.open(this.#rootOf(session));
    const opened: Folder[] = [root];
    try {
      const workspace = await root.enter('workspace');
      opened.push(workspace);
      await mkdir(root.at('incoming'), { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
      });
      const incoming = await root.enter('incoming');
      opened.push(incoming);
      if (!known.cleared) {
        known.cleared = true;
        const left: string[] = [];
        for await (const name of incoming.names()) left.push(name);
        for (const name of left) await removeEntry(incoming, name);
      }
      const { uid, gid } = await workspace.stat();
      const owner: Owner = process.getuid?.() === 0 ? { uid: Number(uid), gid: Number(gid) } : null;
      return await work({ workspace, incoming, owner, usage: known.usage, inTurn: known.inTurn });
    } finally {
      for (const folder of opened) await folder.close();
    }
  }

  #knownOf(session: string): Known {
    let known = this.#known.get(session);
    if (known === undefined) {
      known = { usage: new Usage(this.#options.quota), inTurn: oneByOne(), cleared: false, preparing: null };
      this.#known.set(session, known);
    }
    return known;
  }

  #rootOf(session: string): string {
    if (!/^[\w-]{1,255}$/.test(session))
      throw new FileRefusal('invalid_path', `${JSON.stringify(session)} is no session's id.`);
    return join(this.#options.folders, this.#options.folderOf?.(session) ?? session);
  }
}

async function hasAny(folder: Folder): Promise<boolean> {
  for await (const _ of folder.names()) return true;
  return false;
}

async function openUnlessGone(path: string): Promise<Folder | null> {
  return Folder.open(path).catch((error: unknown) => {
    if (error instanceof FileRefusal && error.code === 'file_not_found') return null;
    throw error;
  });
}
