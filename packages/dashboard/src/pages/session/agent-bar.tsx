import { Columns3, Layers } from 'lucide-react';
import type { AgentFacts } from '../../transcript/agent-facts.ts';
import { cn } from '../../ui/cn.ts';

/** The agent of a crew that a message goes to unless it names another. */
export const COORDINATOR = 'coordinator';
/** In the address: all agents beside each other. No agent is called so. */
export const COLUMNS = '*';

/** Whose conversation is shown: all in one, all beside each other, or one. */
export function AgentBar({
  agents,
  facts,
  chosen,
  onChoose,
}: {
  agents: string[];
  facts: AgentFacts[];
  chosen: string | undefined;
  onChoose: (agent: string | undefined) => void;
}) {
  const entry = (value: string | undefined, label: string, icon: typeof Layers | null) => {
    const Icon = icon;
    const working = facts.find(({ name }) => name === value)?.working ?? false;
    return (
      <button
        key={label}
        type="button"
        aria-pressed={chosen === value}
        onClick={() => onChoose(value)}
        className={cn(
          'flex h-7 shrink-0 items-center gap-1.5 rounded-md px-2 text-ink-2 text-sm hover:bg-hover',
          chosen === value && 'bg-hover font-medium text-ink',
        )}
      >
        {Icon !== null && <Icon className="size-3.5 text-ink-3" aria-hidden />}
        {Icon === null && (
          <span
            aria-hidden
            className={cn('size-1.5 rounded-full', working ? 'animate-pulse-soft bg-accent' : 'bg-line-strong')}
          />
        )}
        {label}
        {working && <span className="sr-only">(working)</span>}
      </button>
    );
  };
  return (
    <fieldset aria-label="Agents" className="flex shrink-0 gap-1 overflow-x-auto border-b px-3 py-1.5">
      {entry(undefined, 'All', Layers)}
      {entry(COLUMNS, 'Side by side', Columns3)}
      {agents.map((name) => entry(name, name, null))}
    </fieldset>
  );
}
