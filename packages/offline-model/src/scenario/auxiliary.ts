import type { PromptParts } from '../api/request.ts';
import { writeSummary } from '../conversation/compaction.ts';
import type { Conversation } from '../conversation/conversation.ts';
import { sampleOf } from './json-sample.ts';

export interface AuxiliaryAnswer {
  kind: 'title' | 'compaction' | 'suggestion';
  text: string;
}

/**
 * Answers the calls the CLI makes for itself beside the agent's own, or null when this is a call of the agent.
 *
 * Seen with CLI 2.1.330: a session title (no tools, a JSON schema with `title`, the prompt wrapped in `<session>`), made
 * beside the first prompts of a session even with `CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC`; and the compaction prompt
 * (`CRITICAL: Respond with TEXT ONLY`, all tools still listed). They quote the user's prompt, so they must be told apart
 * before any scenario is matched.
 */
export function auxiliaryAnswer(request: PromptParts, conversation: Conversation): AuxiliaryAnswer | null {
  const { prompt, system } = conversation;
  if (/^CRITICAL: Respond with TEXT ONLY/.test(prompt) && /summary/i.test(prompt)) {
    return { kind: 'compaction', text: writeSummary(conversation.prompts.slice(0, -1)) };
  }
  if (/^\[SUGGESTION MODE/.test(prompt)) return { kind: 'suggestion', text: '' };
  if (request.tools?.length) return null;
  const titles = /You are naming a coding session|generate[^.]*\btitle\b/i.test(system);
  const schema = request.output_config?.format?.schema;
  if (titles) {
    const title = titleOf(prompt);
    return { kind: 'title', text: JSON.stringify(schema ? sampleOf(schema, { title }) : { title }) };
  }
  return null;
}

/** JSON for a caller who asked for structured output and whom no scenario answers, else null. */
export function structuredText(request: PromptParts): string | null {
  const schema = request.output_config?.format?.schema;
  return schema ? JSON.stringify(sampleOf(schema, {})) : null;
}

function titleOf(prompt: string): string {
  const said = /<session>([\s\S]*?)<\/session>/.exec(prompt)?.[1] ?? prompt;
  const words = said
    .replace(/```[\s\S]*?(```|$)/g, '')
    .split(/\s+/)
    .filter(Boolean);
  const title = words.slice(0, 7).join(' ').slice(0, 60) || 'Offline session';
  return title.charAt(0).toUpperCase() + title.slice(1);
}
