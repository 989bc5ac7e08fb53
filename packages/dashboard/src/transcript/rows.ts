/** What a transcript is made of. One row is one thing on the screen; rows are replaced, never changed. */
import type { Json, Permission, Prompt, TurnStatus } from '../api/types.ts';
import type { Tone } from '../format/status.ts';

export type ToolState = 'running' | 'asking' | 'done' | 'failed' | 'denied' | 'unknown';

export interface ResultBlock {
  type: string;
  text?: string;
  source?: { type: string; media_type?: string; data?: string };
}

export interface ToolCall {
  id: string;
  name: string;
  input: Json;
  state: ToolState;
  startedAt: string;
  endedAt: string | null;
  /** What the tool answered. */
  content: ResultBlock[];
  /** What the SDK knows of it beyond its words: a patch, a file, output and error apart. */
  structured: Json | null;
  /** What a subagent that it started did, in its own rows. */
  thread: Row[];
  /** What a task that runs in the background says of itself. */
  progress: string | null;
}

interface Base {
  key: string;
  /** The event that it begins with. */
  seq: number;
  at: string;
  agent: string | null;
  turnId: string | null;
}

export interface PromptRow extends Base {
  kind: 'prompt';
  prompt: Prompt;
  /** The agent that sent it; null: somebody outside. */
  from: string | null;
}
export interface TextRow extends Base {
  kind: 'text';
  text: string;
  /** What a fork goes on after; null in a subagent's thread. */
  messageId: string | null;
  /** It is still being said. */
  growing?: boolean;
}
export interface ThinkingRow extends Base {
  kind: 'thinking';
  text: string;
  growing?: boolean;
  durationMs: number | null;
}
export interface ToolRow extends Base {
  kind: 'tool';
  tool: ToolCall;
}
export interface TurnEndRow extends Base {
  kind: 'turn-end';
  status: TurnStatus;
  cost: number | null;
  tokens: number;
  numTurns: number;
  durationMs: number | null;
  firstTokenMs: number | null;
  error: { code: string; message: string } | null;
}
export interface NoticeRow extends Base {
  kind: 'notice';
  tone: Tone;
  /** Which picture stands beside it. */
  about: 'session' | 'limit' | 'snapshot' | 'runner' | 'files' | 'agent' | 'message' | 'model' | 'context' | 'network';
  text: string;
  detail: string | null;
  /** The like of it that came right after. */
  more: string[];
}
export interface PermissionRow extends Base {
  kind: 'permission';
  permission: Permission;
  /** How it was answered; null while it waits. */
  answer: { status: string; by: string | null; message: string | null; at: string } | null;
}
export type Row = PromptRow | TextRow | ThinkingRow | ToolRow | TurnEndRow | NoticeRow | PermissionRow;

/** A message that waits for its turn. */
export interface QueuedMessage {
  turnId: string;
  agent: string;
  prompt: Prompt;
  from: string | null;
  at: string;
}
