/** What agents are saying right now: deltas put together until the message they belong to is in the log. Pure. */
import type { Delta, SessionEvent } from './types.ts';

export interface LiveBlock {
  type: 'text' | 'thinking' | 'tool_use';
  text: string;
  /** Of a tool call whose arguments are still being written. */
  name: string | null;
}

export interface LiveMessage {
  id: string;
  agent: string;
  turnId: string | null;
  parentToolUseId: string | null;
  blocks: LiveBlock[];
  /** So many of its blocks are in the log already, and are not to be shown twice. */
  stored: number;
}

type Part = { type?: string; text?: string; thinking?: string; partial_json?: string; name?: string };
interface StreamEvent {
  type?: string;
  index?: number;
  message?: { id?: string };
  content_block?: Part;
  delta?: Part;
}

const replace = (live: LiveMessage[], next: LiveMessage): LiveMessage[] =>
  live.map((one) => (one.id === next.id ? next : one));

function blockOf(part: Part): LiveBlock {
  if (part.type === 'thinking') return { type: 'thinking', text: part.thinking ?? '', name: null };
  if (part.type === 'text') return { type: 'text', text: part.text ?? '', name: null };
  return { type: 'tool_use', text: '', name: part.name ?? null };
}

/** @returns what is being said after `delta`; the same array when it says nothing new. */
export function takeDelta(live: LiveMessage[], delta: Delta): LiveMessage[] {
  if (delta.data.type !== 'stream_event') return live;
  const event = delta.data.event as StreamEvent;
  const parent = (delta.data.parent_tool_use_id as string | null | undefined) ?? null;
  if (event.type === 'message_start') {
    const id = event.message?.id ?? '';
    if (live.some((one) => one.id === id)) return live;
    const begun = { id, agent: delta.agent, turnId: delta.turnId, parentToolUseId: parent, blocks: [], stored: 0 };
    return [...live, begun];
  }
  const id = delta.data.api_message_id as string | undefined;
  const message = live.findLast(
    (one) => (id === undefined || one.id === id) && one.agent === delta.agent && one.parentToolUseId === parent,
  );
  if (message === undefined || event.index === undefined) return live;
  const blocks = [...message.blocks];
  if (event.type === 'content_block_start') blocks[event.index] = blockOf(event.content_block ?? {});
  else if (event.type === 'content_block_delta') {
    const block = blocks[event.index];
    if (block === undefined) return live;
    const { text, thinking, partial_json } = event.delta ?? {};
    blocks[event.index] = { ...block, text: block.text + (text ?? thinking ?? partial_json ?? '') };
  } else return live;
  return replace(live, { ...message, blocks });
}

/** @returns what is still being said once `event` is in the log. */
export function takeStored(live: LiveMessage[], event: SessionEvent): LiveMessage[] {
  if (live.length === 0) return live;
  if (event.type === 'turn.finished' || event.type === 'agent.exited')
    return live.filter((one) => one.agent !== event.agent);
  if (event.type !== 'sdk.message') return live;
  if (event.data.type === 'result')
    return live.filter((one) => one.agent !== event.agent || one.parentToolUseId !== null);
  if (event.data.type !== 'assistant') return live;
  const message = event.data.message as { id?: string; content?: unknown[] };
  const parent = (event.data.parent_tool_use_id as string | null | undefined) ?? null;
  const at = live.findIndex((one) => one.id === message.id);
  if (at < 0) return live;
  const now = { ...live[at]!, stored: live[at]!.stored + (message.content?.length ?? 0) };
  // Messages of one conversation come one after another: those before this one are over.
  return live
    .filter((one, n) => n >= at || one.agent !== event.agent || one.parentToolUseId !== parent)
    .map((one) => (one.id === now.id ? now : one));
}

/** The blocks of a message that are not in the log yet. */
export const unstored = (message: LiveMessage): LiveBlock[] =>
  message.blocks.slice(message.stored).filter((block) => block !== undefined);
