import { z } from 'zod';

/**
 * The content blocks this server looks into, with the same required fields as the Messages API. Objects are open: the
 * CLI sends beta fields (cache_control, caller, toolset_name …) that the published types do not always have yet, and a
 * request must not fail because the CLI is newer than this server.
 */
const text = z.object({ type: z.literal('text'), text: z.string() });
const thinking = z.object({ type: z.literal('thinking'), thinking: z.string(), signature: z.string() });
const redactedThinking = z.object({ type: z.literal('redacted_thinking'), data: z.string() });
const image = z.object({ type: z.literal('image'), source: z.object({ type: z.string() }) });
const documentBlock = z.object({ type: z.literal('document'), source: z.object({ type: z.string() }) });
const toolUse = z.object({
  type: z.literal('tool_use'),
  id: z.string().regex(/^[a-zA-Z0-9_.-]+$/),
  name: z.string().min(1),
  input: z.unknown(),
});
const resultPart = z.object({ type: z.string(), text: z.string().optional() });
const toolResult = z.object({
  type: z.literal('tool_result'),
  tool_use_id: z.string(),
  content: z.union([z.string(), z.array(resultPart)]).optional(),
  is_error: z.boolean().optional(),
});

/** Schemas by block type; the type tests hold each against the official SDK's parameter type. */
export const knownBlocks = {
  text,
  thinking,
  redacted_thinking: redactedThinking,
  image,
  document: documentBlock,
  tool_use: toolUse,
  tool_result: toolResult,
};

export type TextBlock = z.output<typeof text>;
export type ToolUseBlock = z.output<typeof toolUse>;
export type ToolResultBlock = z.output<typeof toolResult>;
export type OtherBlock = { type: 'other' };
export type RequestBlock =
  | TextBlock
  | ToolUseBlock
  | ToolResultBlock
  | z.output<typeof thinking>
  | z.output<typeof redactedThinking>
  | z.output<typeof image>
  | z.output<typeof documentBlock>
  | OtherBlock;

/**
 * A message of the request. `system` beside `user` and `assistant` is the mid-conversation system message (a beta the
 * CLI uses with newer models: its environment block arrives that way).
 */
export interface RequestMessage {
  role: 'user' | 'assistant' | 'system';
  content: string | RequestBlock[];
}

/**
 * One content block: a known type is checked field by field, an unknown type only has to name itself. A union would
 * either reject tomorrow's blocks or let a malformed `text` block through as "unknown", hence the dispatch.
 */
export const contentBlock = z.unknown().transform((value, context): RequestBlock => {
  const named = z.object({ type: z.string() }).safeParse(value);
  if (!named.success) {
    for (const { path, message } of named.error.issues) context.addIssue({ code: 'custom', path, message });
    return z.NEVER;
  }
  const type = named.data.type;
  if (!isKnown(type)) return { type: 'other' };
  const parsed = knownBlocks[type].safeParse(value);
  if (parsed.success) return parsed.data;
  for (const { path, message } of parsed.error.issues) context.addIssue({ code: 'custom', path, message });
  return z.NEVER;
});

function isKnown(type: string): type is keyof typeof knownBlocks {
  return Object.hasOwn(knownBlocks, type);
}
