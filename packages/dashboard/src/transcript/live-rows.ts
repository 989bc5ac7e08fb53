import type { LiveMessage } from '../api/live.ts';
import type { Row } from './rows.ts';
import { blockKey } from './transcript.ts';

/** Rows of what is being said right now, with the keys that they will keep once it is in the log. */
export function liveRows(live: readonly LiveMessage[], now: string): Row[] {
  return live.flatMap((message) =>
    // What a subagent says is shown inside of its call, once it is in the log.
    message.parentToolUseId !== null
      ? []
      : message.blocks.flatMap((block, n): Row[] => {
          if (block === undefined || n < message.stored) return [];
          const base = {
            key: blockKey(message.id, n),
            seq: 0,
            at: now,
            agent: message.agent,
            turnId: message.turnId,
          };
          if (block.type === 'tool_use')
            return [
              {
                ...base,
                kind: 'tool',
                tool: {
                  id: base.key,
                  name: block.name ?? 'Tool',
                  input: {},
                  state: 'running',
                  startedAt: now,
                  endedAt: null,
                  content: [],
                  structured: null,
                  thread: [],
                  progress: 'is being called',
                },
              },
            ];
          if (block.text.trim() === '' && block.type === 'text') return [];
          return block.type === 'text'
            ? [{ ...base, kind: 'text', text: block.text, messageId: null, growing: true }]
            : [{ ...base, kind: 'thinking', text: block.text, durationMs: null, growing: true }];
        }),
  );
}
