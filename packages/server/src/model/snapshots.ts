import { SNAPSHOT_REASONS } from '@rigger/runner/protocol';
import { z } from 'zod';

export type SnapshotReason = (typeof SNAPSHOT_REASONS)[number];

export const snapshotView = z
  .object({
    id: z.string(),
    sessionId: z.string(),
    reason: z
      .enum(SNAPSHOT_REASONS)
      .describe(
        '`parked` and `moved` are taken by themselves, as a runner lets go of a session, `turn` before a turn, `rewound` before the files are put back; the newest few of them are kept. `forked` is what the session began with.',
      ),
    createdAt: z.iso.datetime(),
    files: z.int(),
    bytes: z.int().describe('Of the files.'),
    storedBytes: z.int().describe('Of the compressed blobs that hold them, some of which other snapshots share.'),
    numTurns: z.int().describe('Of the session when it was taken, as are the next two.'),
    totalTokens: z.int(),
    totalCost: z.number(),
    turnId: z.string().nullable().describe('With `turn`: the turn before which it was taken.'),
    lastMessageId: z.string().nullable().describe('The last message of the main conversation then.'),
  })
  .meta({ id: 'Snapshot' });
export type SnapshotView = z.infer<typeof snapshotView>;

/** An answer lists no more changes than this. */
export const CHANGES_LISTED = 1_000;

export const rewindView = z
  .object({
    snapshot: snapshotView.describe('What the files are put back to.'),
    dryRun: z.boolean(),
    added: z.int(),
    changed: z.int(),
    removed: z.int(),
    changes: z
      .array(
        z.object({
          path: z.string(),
          change: z.enum(['added', 'changed', 'removed']).describe('What the rewind does to it.'),
          type: z.enum(['file', 'folder', 'link']),
        }),
      )
      .describe(`By path, at most ${CHANGES_LISTED}.`),
    undo: z
      .string()
      .nullable()
      .describe('The snapshot of the files as they were, to go back to; null where nothing was changed.'),
  })
  .meta({ id: 'Rewind' });
export type RewindView = z.infer<typeof rewindView>;
