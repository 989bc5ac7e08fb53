import { Input, Select } from '../../ui/field.tsx';
import { Labelled } from '../../ui/labelled.tsx';
import type { Draft } from './draft.ts';
import { useForm } from './form-context.ts';

type Limit = 'budget' | 'turns' | 'turnsPerMessage' | 'idle' | 'lifetime';

/** Where it ends. Each bites while a turn runs. */
export function Limits() {
  const { draft, change, wrong } = useForm();
  const limit = (name: Limit, label: string, hint?: string) => (
    <Labelled label={label} {...(hint === undefined ? {} : { hint })} wrong={wrong[name]}>
      {(control) => (
        <Input
          {...control}
          type="number"
          inputMode="decimal"
          step="any"
          placeholder="none"
          value={draft[name]}
          onChange={(event) => change({ [name]: event.target.value })}
        />
      )}
    </Labelled>
  );
  return (
    <div className="grid grid-cols-2 gap-4 sm:grid-cols-3">
      {limit('budget', 'Budget, USD')}
      <Labelled label="When it is spent">
        {(control) => (
          <Select
            {...control}
            value={draft.onBudget}
            onChange={(event) => change({ onBudget: event.target.value as Draft['onBudget'] })}
          >
            <option value="terminate">the session ends</option>
            <option value="pause">it waits for more</option>
          </Select>
        )}
      </Labelled>
      {limit(
        'idle',
        'Idle time, minutes',
        draft.pattern === 'hybrid' ? 'Then it is parked; 5 minutes unless told.' : 'Then it ends.',
      )}
      {limit('lifetime', 'Lifetime, minutes')}
      {limit('turns', 'Turns in all', 'Round trips to the model.')}
      {limit('turnsPerMessage', 'Turns for one message')}
    </div>
  );
}
