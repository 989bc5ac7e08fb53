import { memo } from 'react';
import type { Row } from '../../../transcript/rows.ts';
import { ToolLine } from '../tools/tool-line.tsx';
import { NoticeLine } from './notice-line.tsx';
import { PermissionCard } from './permission-card.tsx';
import { PromptCard } from './prompt-card.tsx';
import { ThinkingLine } from './thinking-line.tsx';
import { Thread } from './thread.tsx';
import { TurnEnd } from './turn-end.tsx';
import { Words } from './words.tsx';

/** One row of a transcript, whatever it is. */
export const RowView = memo(function RowView({ row, depth = 0 }: { row: Row; depth?: number }) {
  switch (row.kind) {
    case 'prompt':
      return <PromptCard row={row} />;
    case 'text':
      return <Words row={row} />;
    case 'thinking':
      return <ThinkingLine row={row} />;
    case 'tool':
      return (
        <ToolLine
          tool={row.tool}
          thread={(tool) => (
            <Thread tool={tool} draw={(inner) => <RowView key={inner.key} row={inner} depth={depth + 1} />} />
          )}
        />
      );
    case 'turn-end':
      return <TurnEnd row={row} />;
    case 'notice':
      return <NoticeLine row={row} />;
    case 'permission':
      return <PermissionCard row={row} />;
  }
});
