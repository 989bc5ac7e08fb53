/** What stands in a transcript's place, beside it and below it. */
import { Link } from '@tanstack/react-router';
import { GitFork, Hand, MessageSquare } from 'lucide-react';
import type { Session } from '../../api/types.ts';
import { shortId } from '../../format/status.ts';
import type { Row } from '../../transcript/rows.ts';
import { Button } from '../../ui/button.tsx';
import { Empty, Skeleton } from '../../ui/states.tsx';
import { COORDINATOR } from './agent-bar.tsx';
import { TranscriptList } from './rows/transcript-list.tsx';

/** A session that has not spoken yet; one that goes on from another has its memory all the same. */
export function NothingYet({ session }: { session: Session }) {
  const { resumeSessionId: from } = session.config;
  return (
    <Empty
      icon={from === undefined ? MessageSquare : GitFork}
      title="Nothing has been said yet"
      className="flex-1 justify-center"
      {...(from === undefined
        ? {}
        : {
            action: (
              <Button asChild>
                <Link to="/sessions/$id" params={{ id: from }}>
                  Goes on from {shortId(from)}
                </Link>
              </Button>
            ),
          })}
    >
      {from === undefined
        ? 'Write the first message below; what the agent does appears here as it happens.'
        : 'It has the memory and the files of the session that it goes on from. Write below how it goes on.'}
    </Empty>
  );
}

/** Each agent's conversation beside the others. */
export const Columns = ({ agents, rows, selected }: { agents: string[]; rows: Row[]; selected?: number }) => (
  <div className="flex min-h-0 flex-1 divide-x overflow-x-auto">
    {agents.map((name) => (
      <div key={name} className="flex min-h-0 min-w-80 flex-1 flex-col">
        <h2 className="shrink-0 border-b px-4 py-1.5 font-medium text-xs">{name}</h2>
        <TranscriptList
          rows={rows.filter((row) => row.agent === name || (row.agent === null && name === COORDINATOR))}
          label={`Transcript of ${name}`}
          className="[&_[data-transcript]>div]:px-4 [&_[data-index]]:inset-x-4"
          {...(selected === undefined ? {} : { selected })}
        />
      </div>
    ))}
  </div>
);

/** The way to what waits, when it has scrolled away. */
export const Waits = ({ count, onShow }: { count: number; onShow: () => void }) => (
  <div className="mx-auto w-full max-w-3xl px-3 pb-1.5 md:px-6">
    <button
      type="button"
      onClick={onShow}
      className="flex w-full items-center gap-2 rounded-lg bg-warn-soft px-3 py-1.5 text-left font-medium text-sm text-warn"
    >
      <Hand className="size-4" aria-hidden />
      {count === 1 ? 'One request waits for you' : `${count} requests wait for you`}
      <span className="ml-auto font-normal text-xs">Show</span>
    </button>
  </div>
);

/** The true shape of a transcript that is on its way. */
export const Loading = () => (
  <div className="mx-auto w-full max-w-3xl flex-1 space-y-4 px-4 pt-8 md:px-10" aria-busy="true">
    <Skeleton className="h-20 rounded-xl" />
    <Skeleton className="w-full" />
    <Skeleton className="w-4/5" />
    <Skeleton className="w-1/2" />
  </div>
);
