/**
 * How a turn goes on from the very call that waited for a person, after the process that asked is gone.
 *
 * The SDK knows calls that were put off (`defer` of a PreToolUse hook): its transcript says so in an attachment, and a process
 * that resumes from there makes the call before anything else. To put off is for a hook to say, before anybody knows whether
 * the call needs leave, and for a call that is alone in its message. A call that waits in `canUseTool` leaves the same
 * transcript but for that attachment; so it is added to what the new process loads. It is not stored: what is stored is as
 * if the process had never been gone.
 */
import { randomUUID } from 'node:crypto';
import type { AskedBefore } from '../protocol/index.ts';
import { WORKS_BY_ITSELF } from './calls.ts';
import { blocksOf, type Entry } from './transcript.ts';

const DEFERRED = 'hook_deferred_tool';
const messageId = (entry: Entry): unknown => (entry.message as { id?: unknown } | undefined)?.id;

export interface HeldCall {
  toolUseId: string;
  tool: string;
  /** What the transcript is to end with for it to be made. */
  entry: Entry;
}

/**
 * The call that waits, for a resumed process to go on with, or null where that would not be right: the conversation
 * has gone on, the call was not the first of its message without a result, or others of it were under way.
 */
export function heldCall(history: Entry[], asked: Pick<AskedBefore, 'toolUseId'>[]): HeldCall | null {
  const said = history.filter((entry) => entry.isSidechain !== true);
  const last = said.findLast((entry) => entry.type === 'assistant');
  if (last === undefined) return null;
  const message = said.filter((entry) => entry.type === 'assistant' && messageId(entry) === messageId(last));
  const calls = message.flatMap((entry) =>
    blocksOf(entry).flatMap((block) => (block.type === 'tool_use' ? [{ entry, block }] : [])),
  );
  const results = new Set<string>();
  for (const entry of said.slice(said.indexOf(message[0]!))) {
    if (entry.type !== 'user') continue;
    const blocks = blocksOf(entry);
    // Something was said after the call: it has gone on without it.
    if (blocks.length === 0 || blocks.some((block) => block.type !== 'tool_result')) return null;
    for (const { tool_use_id: id } of blocks) if (id !== undefined) results.add(id);
  }
  const open = calls.filter(({ block }) => !results.has(block.id ?? ''));
  const [first] = open;
  if (first === undefined || open.some(({ block }) => WORKS_BY_ITSELF.has(block.name ?? ''))) return null;
  const { id: toolUseId = '', name: tool = '' } = first.block;
  if (!asked.some((one) => one.toolUseId === toolUseId)) return null;
  const { uuid, userType, entrypoint, cwd, sessionId, version, gitBranch, permissionMode } = first.entry;
  const entry = {
    parentUuid: uuid,
    isSidechain: false,
    type: 'attachment',
    uuid: randomUUID(),
    timestamp: new Date().toISOString(),
    attachment: {
      type: DEFERRED,
      toolUseID: toolUseId,
      toolName: tool,
      toolInput: first.block.input,
      hookName: 'rigger',
      hookEvent: 'PreToolUse',
      permissionMode: permissionMode ?? 'default',
    },
    ...{ userType, entrypoint, cwd, sessionId, version, gitBranch },
  };
  return { toolUseId, tool, entry };
}

/** A history that a process goes on from with this call, or with none: one that it could not make it notes as put off once more. */
export function endingWith(history: Entry[], held: HeldCall | null): Entry[] {
  const followed = new Set(history.map((entry) => entry.parentUuid));
  const kept = history.filter(
    ({ attachment, uuid }) => (attachment as { type?: string } | undefined)?.type !== DEFERRED || followed.has(uuid),
  );
  return held === null ? kept : [...kept, held.entry];
}
