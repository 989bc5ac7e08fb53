import type { ItemOf } from '@rigger/runner/protocol';

/** An event as an agent's turn makes most of: an assistant message of the SDK with a few lines of text. */
export function assistantEvent(data: Record<string, unknown> = {}): ItemOf<'event'> {
  return {
    kind: 'event',
    type: 'sdk.message',
    agent: 'main',
    turn: null,
    at: new Date().toISOString(),
    data: {
      type: 'assistant',
      uuid: '6b3c1c0e-5a35-4b5c-9d5b-2f3a1a4de0c1',
      session_id: '0c9a5f0a-0c3c-4b44-8a52-9b1d58b0a7f2',
      parent_tool_use_id: null,
      message: {
        id: 'msg_01TESTTESTTESTTESTTESTTE',
        type: 'message',
        role: 'assistant',
        model: 'claude-sonnet-4-5',
        content: [{ type: 'text', text: 'The test fails because the date is parsed in local time. '.repeat(4) }],
        stop_reason: null,
        usage: { input_tokens: 12, output_tokens: 57, cache_read_input_tokens: 14210, cache_creation_input_tokens: 0 },
      },
      ...data,
    },
  };
}
