import type { Conversation } from '../conversation/conversation.ts';
import { earlierPrompts, numbered } from './template.ts';

const ASKS_FOR_MEMORY =
  /\b(what|which|who|where|when|do you|can you|did i|have i)\b[^?]*\b(i|me|my|we|our)\b[^?]*\b(sa(y|id)|t(e|o)ld|ask(ed)?|mention(ed)?|remember|before|earlier|name|previous(ly)?|so far)\b|\b(do you )?remember\b|\brecall\b/i;

/**
 * The words for a prompt that no scenario knows: an echo that says plainly who is speaking, or, for a question about
 * the conversation, the earlier prompts. Enough to see that a whole stack works and that history was loaded.
 */
export function fallbackText(conversation: Conversation): string {
  if (conversation.stepIndex > 0) return 'Done.';
  const prompt = conversation.prompt;
  if (!prompt) return "This is Rigger's offline model; there was no prompt to answer.";
  const earlier = earlierPrompts(conversation);
  if (ASKS_FOR_MEMORY.test(prompt) && earlier.length > 0) {
    return `So far you told me:\n${numbered(earlier)}\n\n(I am Rigger's offline model, so I list your words rather than understand them.)`;
  }
  return `You said: “${shortened(prompt)}” I am Rigger's offline model: my words are scripted, while tools, files and sessions are real; with an Anthropic API key the same agent runs on Claude.`;
}

function shortened(prompt: string): string {
  const line = prompt.replace(/\s+/g, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
