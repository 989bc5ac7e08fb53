/** Prompts for a streaming-input query: pushed by us, pulled by the SDK, which closes the agent's input when it ends. */
import type { SDKUserMessage } from '@anthropic-ai/claude-agent-sdk';

export class PromptQueue implements AsyncIterable<SDKUserMessage> {
  #waiting: SDKUserMessage[] = [];
  #wake: (() => void) | null = null;
  #ended = false;

  push(message: SDKUserMessage): void {
    this.#waiting.push(message);
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<SDKUserMessage, void> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next !== undefined) yield next;
      else if (this.#ended) return;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }
}
