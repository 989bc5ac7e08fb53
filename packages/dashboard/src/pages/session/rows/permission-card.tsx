import { Ban, Check, CircleHelp, Clock, Hand } from 'lucide-react';
import type { PermissionRow } from '../../../transcript/rows.ts';
import { cn } from '../../../ui/cn.ts';
import { Ago } from '../../../ui/values.tsx';
import { useSessionFacts } from '../context.ts';
import { ElicitationForm } from '../permissions/elicitation-form.tsx';
import { useOnScreen } from '../permissions/on-screen.ts';
import { QuestionForm } from '../permissions/question-form.tsx';
import { ToolQuestion } from '../permissions/tool-question.tsx';
import { describe, mcpName } from '../tools/describe.ts';

const ANSWERS: Record<string, { word: string; icon: typeof Check; ink: string }> = {
  allowed: { word: 'Allowed', icon: Check, ink: 'text-ink-3' },
  answered: { word: 'Answered', icon: Check, ink: 'text-ink-3' },
  denied: { word: 'Denied', icon: Ban, ink: 'text-warn' },
  expired: { word: 'Nobody answered in time: denied', icon: Clock, ink: 'text-warn' },
  withdrawn: { word: 'Withdrawn', icon: Ban, ink: 'text-ink-3' },
};

const HEADINGS: Record<PermissionRow['permission']['kind'], (tool: string) => string> = {
  tool: (tool) => `Allow ${mcpName(tool)?.tool ?? tool}?`,
  question: () => 'The agent asks',
  elicitation: (server) => `${server} asks`,
};

/** Something that waits for a human, where it stands; a quiet line once it was answered. */
export function PermissionCard({ row }: { row: PermissionRow }) {
  const { id: sessionId } = useSessionFacts();
  const card = useOnScreen(row.permission.id, row.answer === null);
  const permission = { ...row.permission, sessionId: row.permission.sessionId || sessionId };
  if (row.answer !== null) return <Answered row={row} />;
  const { kind } = permission;
  return (
    <section
      ref={card}
      aria-label="Waits for you"
      data-permission={permission.id}
      className="rounded-xl border border-warn/40 bg-warn-soft/40 p-4"
    >
      <header className="mb-2 flex items-start gap-2">
        {kind === 'tool' ? (
          <Hand aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
        ) : (
          <CircleHelp aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
        )}
        <div className="min-w-0 flex-1">
          <h3 className="font-medium">{HEADINGS[kind](permission.tool)}</h3>
          {permission.reason !== null && <p className="text-ink-2 text-sm">{permission.reason}</p>}
        </div>
        {permission.expiresAt !== '' && (
          <span className="whitespace-nowrap text-ink-3 text-xs">
            denied <Ago at={permission.expiresAt} />
          </span>
        )}
      </header>
      {kind === 'tool' && <ToolQuestion permission={permission} />}
      {kind === 'question' && <QuestionForm permission={permission} />}
      {kind === 'elicitation' && <ElicitationForm permission={permission} />}
    </section>
  );
}

function Answered({ row }: { row: PermissionRow }) {
  const { workingDirectory } = useSessionFacts();
  const { permission, answer } = row;
  const shown = ANSWERS[answer?.status ?? ''] ?? { word: answer?.status ?? '', icon: Check, ink: 'text-ink-3' };
  const { name, argument } = describe({ name: permission.tool, input: permission.input }, workingDirectory);
  return (
    <div className={cn('flex items-center gap-2 py-1 text-sm', shown.ink)}>
      <shown.icon aria-hidden className="size-4 shrink-0" />
      <span className="shrink-0">{shown.word}</span>
      <span className="min-w-0 flex-1 truncate text-ink-3">
        {permission.kind === 'tool' ? `${name} ${argument}` : argument}
        {answer?.message != null && answer.message !== '' && ` · ${answer.message}`}
      </span>
      <span className="text-2xs text-ink-3">
        {answer?.by != null && `${answer.by} · `}
        {answer !== null && <Ago at={answer.at} />}
      </span>
    </div>
  );
}
