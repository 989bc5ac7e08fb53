import { ListOrdered } from 'lucide-react';
import type { QueuedMessage } from '../../../transcript/rows.ts';

const textOf = ({ prompt }: QueuedMessage): string =>
  typeof prompt === 'string'
    ? prompt
    : prompt.map((block) => (block.type === 'text' ? String(block.text) : `[${block.type}]`)).join(' ');

/** Messages that wait for their turn. */
export function Queued({ messages }: { messages: QueuedMessage[] }) {
  if (messages.length === 0) return null;
  return (
    <ol aria-label="Waiting messages" className="mb-1.5 space-y-1 px-1">
      {messages.slice(0, 4).map((message) => (
        <li key={message.turnId} className="flex items-center gap-2 text-ink-3 text-xs">
          <ListOrdered className="size-3.5 shrink-0" aria-hidden />
          <span className="shrink-0">{message.from === null ? 'Queued' : `${message.from} to ${message.agent}`}</span>
          <span className="min-w-0 truncate text-ink-2">{textOf(message)}</span>
        </li>
      ))}
      {messages.length > 4 && <li className="pl-5.5 text-ink-3 text-xs">and {messages.length - 4} more</li>}
    </ol>
  );
}
