/** Folders between this machine and a session's workspace, with how far it has come on a terminal. */
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { Readable, Writable } from 'node:stream';
import type { ArchiveFormat, Rigger, Unpacked } from '@rigger/client';
import { packFolder } from './archives/pack.ts';
import { unpackInto } from './archives/unpack.ts';
import { counting, transfer } from './terminal/progress.ts';
import { bytes } from './terminal/units.ts';

/** How an archive of this name is packed, or null if it is the name of none. */
export function formatOf(name: string): ArchiveFormat | null {
  if (/\.(tar\.gz|tgz)$/i.test(name)) return 'tar.gz';
  if (/\.tar\.zst$/i.test(name)) return 'tar.zst';
  return /\.tar$/i.test(name) ? 'tar' : null;
}

const say = (line: string): void => void (process.stderr.isTTY && process.stderr.write(`  ${line}\n`));
const leftOut = (skipped: Unpacked['skipped']): void => {
  for (const { path, why } of skipped) process.stderr.write(`rigger: left out ${path}: ${why}\n`);
};

/** A folder of this machine into a folder of the workspace. Links that lead out of it are left out, and named. */
export async function uploadFolder(
  rigger: Rigger,
  id: string,
  folder: string,
  path: string,
  exclude: ReadonlySet<string>,
): Promise<Unpacked> {
  let progress = transfer(`Sending ${folder}`, null);
  const { archive, bytes: total, files } = await packFolder(folder, exclude, (count) => progress.add(count));
  progress = transfer(`Sending ${folder}`, total);
  try {
    const unpacked = await rigger.files.unpack(id, archive, { path, links: 'skip' });
    progress.done();
    leftOut(unpacked.skipped);
    say(`sent ${folder}: ${files} files, ${bytes(total)}`);
    return unpacked;
  } finally {
    progress.done();
  }
}

/** An archive of this machine, unpacked in the workspace. */
export async function uploadArchive(
  rigger: Rigger,
  id: string,
  file: string,
  path: string,
  format: ArchiveFormat,
): Promise<Unpacked> {
  const isStandard = file === '-';
  const progress = transfer(
    `Sending ${isStandard ? 'standard input' : file}`,
    isStandard ? null : (await stat(file)).size,
  );
  const source = Readable.toWeb(isStandard ? process.stdin : createReadStream(file)) as ReadableStream<Uint8Array>;
  try {
    const unpacked = await rigger.files.unpack(id, source.pipeThrough(counting(progress)), {
      path,
      format,
      links: 'skip',
    });
    leftOut(unpacked.skipped);
    return unpacked;
  } finally {
    progress.done();
  }
}

/** A folder of the workspace into one of this machine. */
export async function downloadFolder(rigger: Rigger, id: string, path: string, folder: string) {
  const progress = transfer(`Bringing ${path === '' ? 'the workspace' : path}`, null);
  try {
    const answer = await rigger.files.archive(id, { path, format: 'tar.gz' });
    const unpacked = await unpackInto(folder, answer.body!.pipeThrough(counting(progress)));
    progress.done();
    leftOut(unpacked.skipped);
    say(`brought ${unpacked.files} files, ${bytes(unpacked.bytes)}, into ${folder}`);
    return unpacked;
  } finally {
    progress.done();
  }
}

/** A file or an archive, as it comes; whole at its name, or not there. `-` is standard output. */
export async function save(answer: Response, file: string, label: string): Promise<void> {
  const length = answer.headers.get('content-length');
  const progress = transfer(label, length === null ? null : Number(length));
  const body = (answer.body ?? new Blob([]).stream()) as ReadableStream<Uint8Array>;
  try {
    if (file === '-') return await body.pipeTo(Writable.toWeb(process.stdout), { preventClose: true });
    const beside = `${file}.part`;
    try {
      await body.pipeThrough(counting(progress)).pipeTo(Writable.toWeb(createWriteStream(beside)));
      await rename(beside, file);
    } catch (error) {
      await rm(beside, { force: true });
      throw error;
    }
  } finally {
    progress.done();
  }
}
