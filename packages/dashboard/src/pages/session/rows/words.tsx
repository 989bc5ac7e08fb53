import { useNavigate } from '@tanstack/react-router';
import { GitFork } from 'lucide-react';
import { rigger } from '../../../api/client.ts';
import { Markdown } from '../../../code/markdown.tsx';
import type { TextRow } from '../../../transcript/rows.ts';
import { Button } from '../../../ui/button.tsx';
import { CopyButton } from '../../../ui/copy.tsx';
import { toast, toastError } from '../../../ui/toast.tsx';
import { Tooltip } from '../../../ui/tooltip.tsx';
import { useSessionFacts } from '../context.ts';

/** What the agent said. */
export function Words({ row }: { row: TextRow }) {
  const { crew } = useSessionFacts();
  return (
    <div className="group/words relative">
      <Markdown text={row.text} growing={row.growing === true} />
      {row.growing !== true && (
        <div className="absolute -top-1 -right-9 flex flex-col opacity-0 focus-within:opacity-100 group-hover/words:opacity-100 max-lg:hidden">
          <CopyButton text={row.text} label="Copy as Markdown" />
          {row.messageId !== null && !crew && <ForkHere messageId={row.messageId} />}
        </div>
      )}
    </div>
  );
}

/** A new session that goes on after these words, with the files of then as far as a snapshot has them. */
function ForkHere({ messageId }: { messageId: string }) {
  const { id } = useSessionFacts();
  const navigate = useNavigate();
  const fork = async () => {
    try {
      const made = await rigger.sessions.fork(id, { atMessageId: messageId });
      toast({ title: 'Forked after that message' });
      await navigate({ to: '/sessions/$id', params: { id: made.id } });
    } catch (error) {
      toastError(error);
    }
  };
  return (
    <Tooltip label="Fork after this message">
      <Button look="ghost" size="iconSm" aria-label="Fork after this message" onClick={() => void fork()}>
        <GitFork />
      </Button>
    </Tooltip>
  );
}
