/**
 * How a server asks a runner for files. A runner that says `files` among the features of its hello serves HTTP/2 over
 * the connection it dialled: its bytes travel in the binary frames of the WebSocket, the words of the protocol in its text frames.
 * Routes, of which each takes its arguments as a query, below `/<session>`:
 *
 * | | |
 * |---|---|
 * | `GET  /list?path=&recursive=&after=&limit=` | `{ entries, next }` |
 * | `GET, HEAD /file?path=` | the file, with `ETag`, `Range`, `If-None-Match`, `If-Match` |
 * | `PUT /file?path=` | the body becomes the file; `{ path, size, etag, created }` |
 * | `PUT /folder?path=` | makes a folder |
 * | `POST /move?path=&to=` | moves a file or folder |
 * | `DELETE /file?path=&recursive=` | removes a file, or a folder |
 * | `GET /archive?path=&format=` | a folder as tar |
 * | `PUT /archive?path=&format=&links=` | unpacks a tar into a folder |
 *
 * What is refused is answered with its status and `{ code, detail, … }`.
 */

/** Among the features of a hello: this runner serves files. */
export const FILES_FEATURE = 'files';

/** Bounds the frames that bytes travel in, so that words never wait long behind them. */
export const MAX_BYTES_FRAME = 64 * 1024;

/** JSON of `WorkspaceOrigin`: what the workspace is to begin as, when it is not there yet. */
export const ORIGIN_HEADER = 'x-rigger-workspace-origin';
/** The code of a refusal, beside the body that says more. */
export const REFUSAL_HEADER = 'x-rigger-refusal';
export interface WorkspaceOrigin {
  workspaceFrom: string | null;
  sourcePath: string | null;
}

export const ARCHIVE_FORMATS = ['tar', 'tar.gz', 'tar.zst'] as const;
export type ArchiveFormat = (typeof ARCHIVE_FORMATS)[number];

/** Why files are refused, with the HTTP status that says so. */
export const FILE_REFUSALS = {
  invalid_path: 400,
  archive_refused: 400,
  file_not_permitted: 403,
  file_not_found: 404,
  not_a_file: 409,
  not_a_folder: 409,
  folder_not_empty: 409,
  file_exists: 409,
  precondition_failed: 412,
  quota_exceeded: 413,
  range_not_satisfiable: 416,
  storage_full: 507,
} as const;
export type FileRefusalCode = keyof typeof FILE_REFUSALS;

export const FILE_KINDS = ['file', 'directory', 'symlink', 'other'] as const;
export type FileKind = (typeof FILE_KINDS)[number];

/** One entry of a list. `other` is what can be neither read nor written: a FIFO, a device, a socket, a name that is no text. */
export interface FileEntry {
  path: string;
  type: FileKind;
  /** In bytes; of a file only. */
  size: number | null;
  modifiedAt: string;
  /** Of a file only: the same that reading it tells. */
  etag: string | null;
  /** Where a symbolic link says it leads. Nobody follows it. */
  target: string | null;
}
