/** Calls of tools that a process has made and that have no result yet, its subagents' too. */
import type { SDKMessage } from '@anthropic-ai/claude-agent-sdk';

/** Tools that work for themselves: what they had done when their process died is not known. */
export const WORKS_BY_ITSELF = new Set(['Agent', 'Task', 'Workflow']);

interface Call {
  tool: string;
  /** The call that runs the subagent which made this one; null for one of the main conversation. */
  parent: string | null;
}

export class Calls {
  readonly #open = new Map<string, Call>();

  see(message: SDKMessage): void {
    if (message.type === 'user') return this.#close(message.message.content, message.tool_use_result);
    if (message.type !== 'assistant') return;
    for (const block of message.message.content)
      if (block.type === 'tool_use') this.#open.set(block.id, { tool: block.name, parent: message.parent_tool_use_id });
  }

  /** A call that an earlier process had made is made again. */
  again(toolUseId: string, tool: string): void {
    this.#open.set(toolUseId, { tool, parent: null });
  }

  /** The call that runs the subagent which made this one; null for one of the main conversation. */
  parentOf(toolUseId: string): string | null {
    return this.#open.get(toolUseId)?.parent ?? null;
  }

  /** Whether this is a call of the main conversation, and no subagent works beside it. */
  isAlone(toolUseId: string): boolean {
    const call = this.#open.get(toolUseId);
    return call?.parent === null && ![...this.#open.values()].some(({ tool }) => WORKS_BY_ITSELF.has(tool));
  }

  #close(content: unknown, result: unknown): void {
    // A subagent that works on in the background has its call answered at once.
    if (!Array.isArray(content) || (result as { status?: string } | undefined)?.status === 'async_launched') return;
    for (const block of content as { type?: string; tool_use_id?: string }[])
      if (block.type === 'tool_result') this.#open.delete(block.tool_use_id ?? '');
  }
}
