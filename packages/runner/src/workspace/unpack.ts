/**
 * A tar unpacked: beside the workspace first, out of the agent's sight, and moved in once all of it has come and was found good. So an
 * archive that is refused leaves nothing behind.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { lchown, link, mkdir, rename, symlink } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { type Header, extract as makeExtract } from 'tar-stream';
import type { ArchiveFormat } from '../protocol/index.ts';
import { decompressed } from './compression.ts';
import { type EntryPlan, planEntry, refused } from './entry-rules.ts';
import { type Folder, namesOf, type Owner, within } from './folder.ts';
import { openIn } from './read.ts';
import { FileRefusal, fromSystem } from './refusal.ts';
import { aside, type Space } from './space.ts';
import { Taken } from './usage.ts';
import { writeNew } from './write.ts';

/** Heads, paddings and long names of an archive, for each file that the quota allows; the archive itself may have no more bytes than that and the quota. */
const OVERHEAD_BYTES = 2_048;
const LEAST_OVERHEAD_BYTES = 4 * 1024 * 1024;

export interface Unpacked {
  /** Files, folders and links that were made or replaced. */
  entries: number;
  /** Of all files together. */
  bytes: number;
  /** Links that lead out of the workspace, left out because it was asked for. */
  skipped: { path: string; why: string }[];
}

export interface UnpackRequest {
  /** The folder to unpack into; it is made. */
  path: string;
  format: ArchiveFormat;
  links: 'refuse' | 'skip';
}

/**
 * Unpacks an archive into a folder of the workspace. What is there is kept, files of the same name are replaced.
 * @throws FileRefusal `archive_refused`, `quota_exceeded`, `storage_full`, `not_a_folder`, `invalid_path`; then nothing has changed.
 */
export async function unpack(space: Space, archive: Readable, request: UnpackRequest): Promise<Unpacked> {
  const into = namesOf(request.path);
  const { workspace, incoming, owner, usage } = space;
  await usage.count(workspace);
  const taken = new Taken(usage);
  try {
    return await aside(space, async (ready) => {
      const staging = await incoming.make(ready, null);
      try {
        const tar = bounded(decompressed(archive, request.format), usage.quota);
        const unpacked = await unpackInto(staging, tar, { owner, depth: into.length, links: request.links, taken });
        await staging.chown(owner);
        await reachDisk(staging);
        await space.inTurn(() =>
          within(
            workspace,
            into,
            async (target) => {
              await checkFits(staging, target);
              await moveIn(staging, target);
              await target.sync();
            },
            { owner },
          ),
        );
        return unpacked;
      } finally {
        await staging.close();
      }
    });
  } catch (error) {
    taken.giveBack();
    throw fromSystem(error, request.path);
  } finally {
    archive.destroy();
  }
}

/** A few bytes can be decompressed to any number of heads, or of zeros after the end: not even those without content go on for ever. */
async function* bounded(tar: AsyncIterable<Buffer>, quota: { bytes: number; files: number }): AsyncGenerator<Buffer> {
  const most = quota.bytes + Math.max(LEAST_OVERHEAD_BYTES, quota.files * OVERHEAD_BYTES);
  let bytes = 0;
  for await (const part of tar) {
    bytes += part.length;
    if (bytes > most)
      throw new FileRefusal('quota_exceeded', 'The archive is larger than the workspace may be.', {
        maxBytes: quota.bytes,
      });
    yield part;
  }
}

type Entry = AsyncIterable<Buffer> & { header: Header };

interface UnpackRules {
  owner: Owner;
  depth: number;
  links: 'refuse' | 'skip';
  taken: Taken;
}

async function unpackInto(staging: Folder, tar: AsyncIterable<Buffer>, rules: UnpackRules): Promise<Unpacked> {
  const extract = makeExtract();
  const unpacked: Unpacked = { entries: 0, bytes: 0, skipped: [] };
  const closed = new Promise<void>((resolve) => extract.once('close', () => resolve()));
  let failed: unknown;
  const feeding = (async () => {
    try {
      for await (const part of tar) {
        if (extract.destroyed) return;
        if (!extract.write(part)) await Promise.race([once(extract, 'drain').catch(() => {}), closed]);
      }
      extract.end(null);
    } catch (error) {
      failed = error;
      extract.destroy(error as Error);
    }
  })();
  try {
    for await (const entry of extract) {
      const plan = planEntry(entry.header, rules.depth, rules.links);
      await place(staging, plan, entry as unknown as Entry, rules, unpacked);
      entry.resume();
    }
  } catch (error) {
    extract.destroy();
    if (failed !== undefined) throw failed;
    // What the system refused is said as such; all else is about what was read.
    if (error instanceof FileRefusal || /^E[A-Z]/.test((error as NodeJS.ErrnoException).code ?? '')) throw error;
    throw new FileRefusal('archive_refused', `This is no whole tar: ${(error as Error).message}`, {}, { cause: error });
  } finally {
    await feeding;
  }
  if (failed !== undefined) throw failed;
  return unpacked;
}

async function place(
  staging: Folder,
  plan: EntryPlan,
  entry: Entry,
  { owner, taken }: UnpackRules,
  unpacked: Unpacked,
): Promise<void> {
  if (plan.kind === 'nothing') {
    if (plan.skipped !== undefined) unpacked.skipped.push(plan.skipped);
    return;
  }
  const names = plan.names.slice(0, -1);
  const name = plan.names.at(-1)!;
  taken.take(0, 1);
  const count = (bytes: number) => {
    taken.take(bytes);
    unpacked.bytes += bytes;
  };
  const make = async (folder: Folder) => {
    const found = await folder.look(name);
    if (plan.kind === 'directory' && found?.isDirectory()) return;
    if (found !== null) throw refused(entry.header.name, 'comes twice');
    if (plan.kind === 'directory') await mkdir(folder.at(name), { mode: plan.mode });
    else if (plan.kind === 'symlink') await symlink(plan.target, folder.at(name));
    else if (plan.kind === 'link') return linkTo(staging, plan.to, folder, name);
    else {
      const handle = await writeNew(folder, name, plan.mode, entry, count);
      try {
        if (owner !== null) await handle.chown(owner.uid, owner.gid);
        if (plan.modifiedAt !== undefined) await handle.utimes(plan.modifiedAt, plan.modifiedAt);
      } finally {
        await handle.close();
      }
      return;
    }
    if (owner !== null) await lchown(folder.at(name), owner.uid, owner.gid);
  };
  await within(staging, names, make, { owner }).catch((error: unknown) => {
    const known = fromSystem(error, plan.names.join('/'));
    if (!(known instanceof FileRefusal) || !['not_a_folder', 'file_not_found'].includes(known.code)) throw known;
    throw refused(entry.header.name, 'leads through an entry that is no folder, or to one that is not there');
  });
  unpacked.entries += 1;
}

/** Another name of a file of this very archive. Nobody but us sees the staging folder, and no link is followed in it. */
async function linkTo(staging: Folder, to: string[], folder: Folder, name: string): Promise<void> {
  await within(staging, to.slice(0, -1), async (target) => {
    const { handle } = await openIn(target, to.at(-1) ?? '');
    await handle.close();
    await link(target.at(to.at(-1)!), folder.at(name));
  });
}

/** One wait for the disk, and not one for each of many files. Where there is no such program, the archive is as safe as what a tar unpacks. */
async function reachDisk(folder: Folder): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const child = spawn('sync', ['-f', `/proc/${process.pid}/fd/${folder.descriptor}`], { stdio: 'ignore' });
  child.once('error', () => resolve());
  child.once('exit', () => resolve());
  await promise;
}

/** Before anything is moved: a file does not replace a folder, nor a folder a file. */
async function checkFits(staging: Folder, target: Folder): Promise<void> {
  for await (const name of staging.names()) {
    const [comes, is] = await Promise.all([staging.look(name), target.look(name)]);
    if (comes === null || is === null) continue;
    if (comes.isDirectory() !== is.isDirectory())
      throw refused(
        target.pathOf(name),
        comes.isDirectory() ? 'is a folder, and something else is there' : 'is no folder, and a folder is there',
      );
    if (comes.isDirectory()) await inBoth(staging, target, name, checkFits);
  }
}

/** Moves all that is in one folder into another; what is there is kept, or replaced where it has the same name. */
export async function moveIn(staging: Folder, target: Folder): Promise<void> {
  const names: string[] = [];
  for await (const name of staging.names()) names.push(name);
  for (const name of names) {
    const [comes, is] = await Promise.all([staging.look(name), target.look(name)]);
    if (comes?.isDirectory() && is !== null) await inBoth(staging, target, name, moveIn);
    else await rename(staging.at(name), target.at(name));
  }
}

async function inBoth(
  staging: Folder,
  target: Folder,
  name: string,
  work: (staging: Folder, target: Folder) => Promise<void>,
): Promise<void> {
  await within(staging, [name], (inner) => within(target, [name], (there) => work(inner, there)));
}
