import { useId, useState } from 'react';
import type { Permission } from '../../../api/types.ts';
import { useAnswer } from '../../../app/use-answer.ts';
import { Button } from '../../../ui/button.tsx';
import { cn } from '../../../ui/cn.ts';
import { Input } from '../../../ui/field.tsx';

interface Question {
  question: string;
  header?: string;
  multiSelect?: boolean;
  options?: { label: string; description?: string }[];
}
interface Chosen {
  labels: string[];
  /** An answer in own words. */
  other: string;
}

const answerOf = ({ labels, other }: Chosen): string =>
  [...labels, ...(other.trim() === '' ? [] : [other.trim()])].join(', ');

/** Questions that the agent asks: with its options, and room for another answer. */
export function QuestionForm({ permission }: { permission: Permission }) {
  const questions = (permission.input.questions as Question[] | undefined) ?? [];
  const [chosen, setChosen] = useState<Record<string, Chosen>>({});
  const answer = useAnswer(permission.sessionId, permission.id);
  const of = (question: string): Chosen => chosen[question] ?? { labels: [], other: '' };
  const complete = questions.every(({ question }) => answerOf(of(question)) !== '');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const answers = Object.fromEntries(questions.map(({ question }) => [question, answerOf(of(question))]));
        answer.mutate({ behavior: 'answer', answers });
      }}
    >
      {questions.map((one) => (
        <Ask
          key={one.question}
          asked={one}
          chosen={of(one.question)}
          onChange={(next) => setChosen({ ...chosen, [one.question]: next })}
        />
      ))}
      <div className="mt-3 flex gap-2">
        <Button look="primary" type="submit" disabled={!complete || answer.isPending}>
          Answer
        </Button>
        <Button
          look="dangerGhost"
          disabled={answer.isPending}
          onClick={() =>
            answer.mutate({ behavior: 'deny', interrupt: false, message: 'The user does not want to answer.' })
          }
        >
          Do not answer
        </Button>
      </div>
    </form>
  );
}

function Ask({ asked, chosen, onChange }: { asked: Question; chosen: Chosen; onChange: (next: Chosen) => void }) {
  const name = useId();
  const many = asked.multiSelect === true;
  const pick = (label: string, on: boolean) =>
    onChange(
      many
        ? { ...chosen, labels: on ? [...chosen.labels, label] : chosen.labels.filter((one) => one !== label) }
        : { labels: [label], other: '' },
    );
  return (
    <fieldset className="mb-3">
      <legend className="mb-1.5 font-medium text-sm">
        {asked.header !== undefined && (
          <span className="mr-2 rounded bg-surface px-1.5 py-0.5 font-normal text-2xs text-ink-2">{asked.header}</span>
        )}
        {asked.question}
      </legend>
      <div className="space-y-1">
        {asked.options?.map(({ label, description }) => {
          const on = chosen.labels.includes(label);
          return (
            <label
              key={label}
              className={cn(
                'flex cursor-pointer items-start gap-2.5 rounded-lg border bg-surface px-3 py-2 text-sm hover:border-line-strong',
                on && 'border-accent hover:border-accent',
              )}
            >
              <input
                type={many ? 'checkbox' : 'radio'}
                name={name}
                checked={on}
                onChange={(event) => pick(label, event.target.checked)}
                className="mt-1 accent-accent"
              />
              <span>
                {label}
                {description !== undefined && <span className="block text-ink-2 text-xs">{description}</span>}
              </span>
            </label>
          );
        })}
        <Input
          aria-label={`Another answer to: ${asked.question}`}
          placeholder={asked.options === undefined ? 'Your answer' : 'Or in your own words'}
          value={chosen.other}
          onChange={(event) => onChange({ labels: many ? chosen.labels : [], other: event.target.value })}
        />
      </div>
    </fieldset>
  );
}
