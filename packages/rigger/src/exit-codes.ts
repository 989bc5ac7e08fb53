/** What the commands end with. docs/CLI.md says the same. */
export const EXIT = {
  ok: 0,
  /** The turn failed, or the server refused. */
  failed: 1,
  /** The command was not understood. */
  usage: 2,
  /** A limit of money, turns or time ended the turn or its session. */
  limit: 3,
  /** No server answers. */
  unreachable: 4,
  /** Ctrl-C, as shells say it. */
  interrupted: 130,
} as const;

/** The command was not understood, although its options were. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
