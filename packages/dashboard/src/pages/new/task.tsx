import { Input, Textarea } from '../../ui/field.tsx';
import { Labelled } from '../../ui/labelled.tsx';
import { useForm } from './form-context.ts';

/** What it is to do, and what it is called. */
export function Task() {
  const { draft, change, wrong } = useForm();
  return (
    <div className="space-y-4">
      <Labelled
        label="First message"
        hint={
          draft.pattern === 'ephemeral'
            ? 'It ends with the answer. Without a message it waits for one.'
            : 'Sent as soon as the session and its files are there. May be empty.'
        }
        wrong={wrong.prompt}
      >
        {(control) => (
          <Textarea
            {...control}
            rows={4}
            placeholder="What should the agent do?"
            value={draft.prompt}
            onChange={(event) => change({ prompt: event.target.value })}
          />
        )}
      </Labelled>
      <Labelled label="Description" hint="What it is called in lists." wrong={wrong.description}>
        {(control) => (
          <Input
            {...control}
            value={draft.description}
            onChange={(event) => change({ description: event.target.value })}
          />
        )}
      </Labelled>
    </div>
  );
}
