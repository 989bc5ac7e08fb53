/** Why an embedded PostgreSQL could not be had. Stable: the settings page and the exit message are keyed on it. */
export type EmbeddedPostgresErrorCode =
  | 'embedded_unsupported' // no binaries for this machine
  | 'embedded_no_user' // running as root, and no unprivileged account to hand PostgreSQL to
  | 'embedded_not_owner' // the folder belongs to another account
  | 'embedded_unreachable' // the account cannot get at the binaries or the folder
  | 'embedded_version' // the folder was made by another major version
  | 'embedded_data_missing' // the folder points at data that is gone
  | 'embedded_busy' // another PostgreSQL holds the folder and cannot be taken over
  | 'embedded_start_failed'
  | 'embedded_stop_failed';

/** An error an operator must act upon: `message` says what happened, `remedy` what to do about it. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
  readonly code: EmbeddedPostgresErrorCode;
  readonly remedy: string;

  constructor(code: EmbeddedPostgresErrorCode, message: string, remedy: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.remedy = remedy;
  }
}

export const useOwnDatabase = 'Set DATABASE_URL to a PostgreSQL 15 or newer that you run yourself.';

const knownCauses: [pattern: RegExp, remedy: string][] = [
  [/No space left on device|ENOSPC|Disk quota exceeded/i, 'The disk is full: free some space, then start again.'],
  [/Permission denied|Operation not permitted|EACCES|EPERM/i, 'Check who owns the data folder, then start again.'],
  [/Read-only file system|EROFS/i, 'Put the data folder on a file system that can be written to.'],
  [
    /could not create shared memory segment|could not map anonymous shared memory|Cannot allocate memory/i,
    'PostgreSQL got no memory: raise the memory limit of this machine or container.',
  ],
  [
    /could not locate a valid checkpoint record|invalid checkpoint|checksum|is corrupted/i,
    'The data are damaged: restore the data folder from a backup. Do not delete it before you have a copy.',
  ],
  [/error while loading shared libraries|GLIBC/i, useOwnDatabase],
];

/** The remedy for what PostgreSQL itself (or the system) said. */
export function remedyFor(said: string): string {
  for (const [pattern, remedy] of knownCauses) if (pattern.test(said)) return remedy;
  return `Read the log named above. ${useOwnDatabase}`;
}
