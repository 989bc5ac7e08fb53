/**
 * On resume the SDK writes the transcript to `<tmp>/claude-resume-<uuid>` on the host and names it in CLAUDE_CONFIG_DIR.
 * It maps transcript paths by that prefix, so the value must stay, and the folder must be at that very path inside.
 * Hence the folder moves into the session's own /tmp, where the same path leads to it.
 *
 * The SDK also copies the host user's `.credentials.json`, `.claude.json` and settings into it when it finds some. Nothing
 * but the transcripts (`projects/`) goes along.
 */
import { cpSync, existsSync, lchownSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Owner } from './layout.ts';

const RESUME_FOLDER = /^claude-resume-[0-9a-f-]{36}$/;

/** True for the folder the SDK makes for a resume, on the host. */
export function isResumeFolder(path: string | undefined): path is string {
  return path !== undefined && dirname(path) === tmpdir() && RESUME_FOLDER.test(basename(path));
}

/** Moves the SDK's folder into the sandbox's /tmp. `staging` is a host folder the agent cannot see. Synchronous, as spawn is. */
export function moveResumeFolder(path: string, sandboxTmp: string, staging: string, owner?: Owner): void {
  const target = join(sandboxTmp, basename(path));
  if (!existsSync(path)) return; // moved at an earlier spawn of the same query
  for (const name of readdirSync(path)) {
    if (name !== 'projects') rmSync(join(path, name), { recursive: true, force: true });
  }
  if (owner) giveTreeSync(path, owner);
  try {
    renameSync(path, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    // Copied out of the agent's sight first: it owns its /tmp and could swap in a symlink while we write.
    const copy = join(staging, basename(path));
    cpSync(path, copy, { recursive: true, preserveTimestamps: true });
    if (owner) giveTreeSync(copy, owner);
    renameSync(copy, target);
    rmSync(path, { recursive: true, force: true });
  }
}

/** Deletes the resume folders left in the sandbox's /tmp. */
export function dropResumeFolders(sandboxTmp: string): void {
  if (!existsSync(sandboxTmp)) return; // the session's files were removed meanwhile
  for (const name of readdirSync(sandboxTmp)) {
    if (RESUME_FOLDER.test(name)) rmSync(join(sandboxTmp, name), { recursive: true, force: true });
  }
}

function giveTreeSync(path: string, owner: Owner): void {
  const entries = readdirSync(path, { recursive: true, encoding: 'utf8' });
  for (const entry of ['', ...entries]) lchownSync(join(path, entry), owner.uid, owner.gid);
}
