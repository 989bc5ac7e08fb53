import { FILE_REFUSALS, type FileRefusalCode } from '../protocol/index.ts';

/** Files cannot be had, or changed, as asked. `extra` says more than the code: `kind`, `entry`, `etag` … */
export class FileRefusal extends Error {
  override readonly name = 'FileRefusal';
  readonly code: FileRefusalCode;
  readonly extra: Record<string, unknown>;

  constructor(code: FileRefusalCode, detail: string, extra: Record<string, unknown> = {}, options?: ErrorOptions) {
    super(detail, options);
    this.code = code;
    this.extra = extra;
  }

  get status(): number {
    return FILE_REFUSALS[this.code];
  }
}

/** What the system refused, as one of ours where its reason is known; else the error itself. */
export function fromSystem(error: unknown, path: string): unknown {
  const options = { cause: error };
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
      return new FileRefusal('file_not_found', `There is no ${path || 'workspace'}.`, { path }, options);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new FileRefusal(
        'file_not_permitted',
        `The runner's user may not do this with ${path}.`,
        { path },
        options,
      );
    case 'ENOTDIR':
    case 'ELOOP':
      return new FileRefusal('not_a_folder', `${path} leads through something that is no folder.`, { path }, options);
    case 'EISDIR':
      return new FileRefusal('not_a_file', `${path} is a folder.`, { path, kind: 'directory' }, options);
    case 'ENOTEMPTY':
    case 'EEXIST':
      return new FileRefusal('folder_not_empty', `${path} is a folder with something in it.`, { path }, options);
    case 'ENAMETOOLONG':
      return new FileRefusal('invalid_path', `${path} is too long.`, { path }, options);
    case 'ENOSPC':
    case 'EDQUOT':
      return new FileRefusal('storage_full', 'The disk that holds the workspace is full.', {}, options);
    default:
      return error;
  }
}
