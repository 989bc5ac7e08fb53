/** Where the bytes of snapshots are kept: blobs by the SHA-256 of what was given. `conformance.ts` has what every store promises. */
export interface SnapshotStore {
  /** For people: where it is, without credentials. */
  readonly description: string;
  /** Keeps a blob; again is fine. Resolves once it would survive a crash. */
  put(hash: string, bytes: Buffer): Promise<void>;
  /** Null when it is not there. */
  get(hash: string): Promise<Buffer | null>;
  /** One that is not there is no error. */
  remove(hash: string): Promise<void>;
  /** Removes what is left of puts that were cut off so long ago, as by a crash. @returns how many. Absent where nothing is left. */
  tidy?(olderThanMs: number): Promise<number>;
}
