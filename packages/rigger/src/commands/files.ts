import { openAsBlob, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { addServerOptions, clientOf } from '../connect/options.ts';
import { UsageError } from '../exit-codes.ts';
import { addListOptions, type JsonOptions, printList } from '../terminal/output.ts';
import { wait } from '../terminal/progress.ts';
import { bytes } from '../terminal/units.ts';
import { downloadFolder, formatOf, save, uploadArchive, uploadFolder } from '../transfers.ts';
import { collect } from './session-options.ts';

export function addFiles(program: Command): void {
  const files = program
    .command('files')
    .description('The files of a session’s workspace: list, read, write, and carry folders')
    .addHelpText(
      'after',
      `
Examples:
  $ rigger files ls SESSION src
  $ rigger files cat SESSION result.md
  $ rigger files up SESSION . --exclude node_modules
  $ rigger files down SESSION result/
  $ rigger files down SESSION backup.tar.gz`,
    );

  const ls = addServerOptions(addListOptions(files.command('ls <session> [path]').description('List a folder')))
    .option('-r, --recursive', 'with all that is in its folders')
    .action(async (id: string, path: string | undefined, options: JsonOptions & { recursive?: boolean }) => {
      const query = { path: path ?? '', recursive: options.recursive === true };
      const entries = [];
      for await (const entry of clientOf(ls).files.each(id, query)) entries.push(entry);
      printList(
        entries,
        options,
        ['SIZE', 'CHANGED (UTC)', 'NAME'],
        ({ path: name, type, size, modifiedAt, target }) => [
          type === 'file' ? bytes(size ?? 0) : '-',
          modifiedAt.slice(0, 19).replace('T', ' '),
          target !== null
            ? `${name} -> ${target}`
            : type === 'file'
              ? name
              : `${name}${type === 'directory' ? '/' : ` (${type})`}`,
        ],
        'There is nothing in it.',
      );
    });

  const cat = addServerOptions(files.command('cat <session> <path>').description('Print a file'));
  cat.action(async (id: string, path: string) => save(await clientOf(cat).files.read(id, path), '-', path));

  const get = addServerOptions(
    files.command('get <session> <path> [file]').description('Save a file here; - is standard output'),
  );
  get.action(async (id: string, path: string, file: string | undefined) => {
    const to = file ?? basename(path);
    await save(await clientOf(get).files.read(id, path), to, `Bringing ${path}`);
    if (to !== '-') console.log(to);
  });

  const put = addServerOptions(
    files.command('put <session> <file> [path]').description('Write a file of this machine into the workspace'),
  );
  put
    .option('--new', 'only if there is none of that name')
    .action(async (id: string, file: string, path: string | undefined, options: { new?: boolean }) => {
      if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true)
        throw new UsageError(`${file} is no file. Folders are carried by “rigger files up”.`);
      const done = wait(`Sending ${file}`);
      const conditions = options.new === true ? { ifNoneMatch: '*' } : {};
      const written = await clientOf(put)
        .files.write(id, path ?? basename(file), await openAsBlob(file), conditions)
        .finally(done);
      console.log(`${written.path}  ${bytes(written.size)}${written.created ? '' : '  replaced'}`);
    });

  const rm = addServerOptions(files.command('rm <session> <path>').description('Remove a file, or a folder'));
  rm.option('-r, --recursive', 'a folder with what is in it').action(
    async (id: string, path: string, { recursive }: { recursive?: boolean }) => {
      await clientOf(rm).files.delete(id, path, recursive === true ? { recursive } : {});
      console.log(`${path} removed`);
    },
  );

  const up = addServerOptions(
    files
      .command('up <session> <source>')
      .description(
        'Carry a folder, or what is in an archive (tar, tar.gz, tar.zst; - is a tar.gz on standard input), into the workspace',
      ),
  );
  up.option('--path <folder>', 'the folder of the workspace', '')
    .option('--exclude <name>', 'a name that is left out, such as node_modules; several times for several', collect)
    .action(async (id: string, source: string, { path, exclude = [] }: { path: string; exclude?: string[] }) => {
      const rigger = clientOf(up);
      const format = source === '-' ? 'tar.gz' : formatOf(source);
      const there = source === '-' ? undefined : statSync(source, { throwIfNoEntry: false });
      if (source !== '-' && there === undefined) throw new UsageError(`${source} is not there.`);
      if (there?.isDirectory() !== true && format === null)
        throw new UsageError(
          `${source} is neither a folder nor an archive. One file is carried by “rigger files put”.`,
        );
      const done =
        there?.isDirectory() === true
          ? await uploadFolder(rigger, id, source, path, new Set(exclude))
          : await uploadArchive(rigger, id, source, path, format!);
      console.log(`${done.entries} files and folders, ${bytes(done.bytes)}`);
    });

  const down = addServerOptions(
    files
      .command('down <session> <target>')
      .description(
        'Carry the workspace into a folder, or into an archive where the name is one’s (- is a tar.gz on standard output)',
      ),
  );
  down
    .option('--path <folder>', 'only this folder of the workspace', '')
    .action(async (id: string, target: string, { path }: { path: string }) => {
      const rigger = clientOf(down);
      const format = target === '-' ? 'tar.gz' : formatOf(target);
      if (format !== null)
        return save(await rigger.files.archive(id, { path, format }), target, 'Bringing the workspace');
      const done = await downloadFolder(rigger, id, path, target);
      console.log(`${done.files} files, ${bytes(done.bytes)}`);
    });
}
