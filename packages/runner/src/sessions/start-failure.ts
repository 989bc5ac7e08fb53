import { SandboxRefused, SandboxSpecError, SandboxUnavailable } from '../sandbox/index.ts';
import { SnapshotDamaged, SnapshotUnavailable } from '../snapshots/index.ts';
import { SourceFailed } from './git-source.ts';

/** Why a session or one of its agents could not be brought up, as a code of the catalogue. */
export function startFailure(error: unknown): string {
  if (error instanceof SnapshotDamaged || error instanceof SnapshotUnavailable) return error.code;
  if (error instanceof SourceFailed) return 'source_failed';
  if (error instanceof SandboxRefused) return error.code;
  const isolation = error instanceof SandboxUnavailable || error instanceof SandboxSpecError;
  return isolation ? 'isolation_unavailable' : 'agent_start_failed';
}
