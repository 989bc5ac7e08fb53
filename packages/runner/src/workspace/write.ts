/** Changing a workspace file by file. What is written appears whole or not at all. */
import { constants } from 'node:fs';
import { type FileHandle, open, rename, rmdir } from 'node:fs/promises';
import { type Conditions, checkChange } from './conditions.ts';
import { type Folder, namesOf, within } from './folder.ts';
import { etagOf, kindOf } from './kinds.ts';
import { notAFile } from './read.ts';
import { FileRefusal, fromSystem } from './refusal.ts';
import { removeEntry } from './remove.ts';
import { aside, type Space } from './space.ts';
import { Taken } from './usage.ts';

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;
/** So much is gathered before it is written: HTTP/2 brings 16 KiB at a time. */
const PORTION = 512 * 1024;
const FILE_MODE = 0o644;

export interface Written {
  path: string;
  size: number;
  etag: string;
  /** There was none before. */
  created: boolean;
}

/** Writes all of `source` to a new file of `folder`. `take` is told of every byte before it is written, and may refuse it. */
export async function writeNew(
  folder: Folder,
  name: string,
  mode: number,
  source: AsyncIterable<Buffer>,
  take: (bytes: number) => void,
): Promise<FileHandle> {
  const handle = await open(folder.at(name), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    let parts: Buffer[] = [];
    let gathered = 0;
    const put = async () => {
      if (gathered > 0) await writeAll(handle, parts.length === 1 ? parts[0]! : Buffer.concat(parts));
      parts = [];
      gathered = 0;
    };
    for await (const part of source) {
      take(part.length);
      parts.push(part);
      gathered += part.length;
      if (gathered >= PORTION) await put();
    }
    await put();
    await handle.chmod(mode & 0o777);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function writeAll(handle: FileHandle, bytes: Buffer): Promise<void> {
  for (let done = 0; done < bytes.length; )
    done += (await handle.write(bytes, done, bytes.length - done, null)).bytesWritten;
}

/**
 * Makes or replaces a file, and the folders above it. It is on the disk when this resolves.
 * @throws FileRefusal `quota_exceeded`, `storage_full`, `precondition_failed`, `not_a_file`, `not_a_folder`, `invalid_path`.
 */
export async function writeFile(
  space: Space,
  path: string,
  source: AsyncIterable<Buffer>,
  { expected = 0, ...conditions }: Conditions & { expected?: number },
): Promise<Written> {
  const { owner, usage, workspace, incoming } = space;
  const names = namesOf(path);
  const name = names.pop();
  if (name === undefined) throw notAFile(path, 'directory');
  // Told before the body is taken, where it can be.
  const before = await within(workspace, names, (folder) => replaceable(folder, name, conditions)).catch(
    (error: unknown) => {
      if (error instanceof FileRefusal && error.code === 'file_not_found') return checkChange(conditions, null);
      throw error;
    },
  );
  await usage.count(workspace);
  const taken = new Taken(usage);
  try {
    if (expected > usage.quota.bytes) usage.take(expected);
    taken.take(0, before == null ? 1 + names.length : 0);
    return await aside(space, async (ready) => {
      const mode = before == null ? FILE_MODE : Number(before.mode);
      const handle = await writeNew(incoming, ready, mode, source, (bytes) => taken.take(bytes));
      try {
        if (owner !== null) await handle.chown(owner.uid, owner.gid);
        await handle.sync();
        return await space.inTurn(() =>
          within(
            workspace,
            names,
            async (folder) => {
              const replaced = await replaceable(folder, name, conditions);
              await rename(incoming.at(ready), folder.at(name));
              await folder.sync();
              if (replaced !== null) usage.giveBack(Number(replaced.size));
              const found = await handle.stat({ bigint: true });
              return { path, size: Number(found.size), etag: etagOf(found), created: replaced === null };
            },
            { owner },
          ),
        );
      } finally {
        await handle.close();
      }
    });
  } catch (error) {
    taken.giveBack();
    throw fromSystem(error, path);
  }
}

/** What a file would replace: nothing or a file. A link there is not written through, and not put away in silence either. */
async function replaceable(folder: Folder, name: string, conditions: Conditions) {
  const found = await folder.look(name);
  if (found !== null && !found.isFile()) throw notAFile(folder.pathOf(name), kindOf(found));
  checkChange(conditions, found === null ? null : etagOf(found));
  return found;
}

/** Makes a folder and those above it; one that is there is left as it is. */
export async function makeFolder(space: Space, path: string): Promise<void> {
  const names = namesOf(path);
  await space.usage.count(space.workspace);
  space.usage.take(0, names.length);
  await within(space.workspace, names, async () => {}, { owner: space.owner }).catch((error: unknown) => {
    space.usage.giveBack(0, names.length);
    throw fromSystem(error, path);
  });
}

/**
 * Moves a file or folder to a name that is free.
 * @throws FileRefusal `file_not_found`, `file_exists`, `not_a_file` for anything but a file or folder, `invalid_path`.
 */
export async function move(space: Space, path: string, to: string): Promise<void> {
  const from = namesOf(path);
  const onto = namesOf(to);
  const name = from.pop();
  const newName = onto.pop();
  if (name === undefined || newName === undefined)
    throw new FileRefusal('invalid_path', 'The workspace itself cannot be moved.', { path });
  if (`${to}/`.startsWith(`${path}/`) && to !== path)
    throw new FileRefusal('invalid_path', 'A folder cannot be moved into itself.', { path: to });
  await space
    .inTurn(() =>
      within(space.workspace, from, async (source) => {
        const found = await source.look(name);
        if (found === null) throw new FileRefusal('file_not_found', `There is no ${path}.`, { path });
        // A link elsewhere would lead elsewhere.
        if (!found.isFile() && !found.isDirectory()) throw notAFile(path, kindOf(found));
        await within(
          space.workspace,
          onto,
          async (target) => {
            if ((await target.look(newName)) !== null)
              throw new FileRefusal('file_exists', `There is a ${to} already.`, { path: to });
            await rename(source.at(name), target.at(newName));
            await target.sync();
          },
          { owner: space.owner },
        );
      }),
    )
    .catch((error: unknown) => {
      throw fromSystem(error, path);
    });
}

/**
 * Removes a file, a link itself or anything else that is no folder; and a folder, with what is in it if `recursive`.
 * @throws FileRefusal `file_not_found`, `folder_not_empty`, `precondition_failed`, `invalid_path`.
 */
export async function removePath(
  space: Space,
  path: string,
  { recursive, ...conditions }: Conditions & { recursive: boolean },
): Promise<void> {
  const names = namesOf(path);
  const name = names.pop();
  if (name === undefined) throw new FileRefusal('invalid_path', 'The workspace itself stays.', { path });
  await aside(space, (ready) =>
    space.inTurn(() =>
      within(space.workspace, names, async (folder) => {
        const found = await folder.look(name);
        if (found === null) throw new FileRefusal('file_not_found', `There is no ${path}.`, { path });
        checkChange(conditions, found.isFile() ? etagOf(found) : null);
        if (!found.isDirectory()) {
          await removeEntry(folder, name);
          space.usage.giveBack(Number(found.size), 1);
        } else if (!recursive) {
          await rmdir(folder.at(name));
          space.usage.giveBack(0, 1);
        } else {
          // Out of the agent's sight at once, and removed there.
          await rename(folder.at(name), space.incoming.at(ready));
          space.usage.forget();
        }
        await folder.sync();
      }),
    ),
  ).catch((error: unknown) => {
    throw fromSystem(error, path);
  });
}
