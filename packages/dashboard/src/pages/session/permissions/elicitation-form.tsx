import { useId, useState } from 'react';
import type { Json, Permission } from '../../../api/types.ts';
import { useAnswer } from '../../../app/use-answer.ts';
import { Button } from '../../../ui/button.tsx';
import { Input, Label, Select } from '../../../ui/field.tsx';

interface Property {
  type?: string;
  title?: string;
  description?: string;
  enum?: string[];
  default?: unknown;
}

/** What an MCP server asks its user, by the schema that it gave: flat members of text, numbers and yes or no. */
export function ElicitationForm({ permission }: { permission: Permission }) {
  const schema = (permission.input.requestedSchema ?? {}) as {
    properties?: Record<string, Property>;
    required?: string[];
  };
  const properties = Object.entries(schema.properties ?? {});
  const [content, setContent] = useState<Json>(() =>
    Object.fromEntries(
      properties.flatMap(([name, { default: given, type }]) =>
        given !== undefined ? [[name, given]] : type === 'boolean' ? [[name, false]] : [],
      ),
    ),
  );
  const answer = useAnswer(permission.sessionId, permission.id);
  const missing = (schema.required ?? []).some((name) => content[name] === undefined || content[name] === '');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        answer.mutate({ behavior: 'answer', content });
      }}
    >
      {typeof permission.input.message === 'string' && <p className="mb-2 text-sm">{permission.input.message}</p>}
      {properties.map(([name, property]) => (
        <Member
          key={name}
          name={name}
          property={property}
          value={content[name]}
          onChange={(value) => setContent({ ...content, [name]: value })}
        />
      ))}
      <div className="mt-3 flex gap-2">
        <Button look="primary" type="submit" disabled={missing || answer.isPending}>
          Answer {permission.tool}
        </Button>
        <Button
          look="dangerGhost"
          disabled={answer.isPending}
          onClick={() => answer.mutate({ behavior: 'deny', interrupt: false })}
        >
          Decline
        </Button>
      </div>
    </form>
  );
}

function Member({
  name,
  property,
  value,
  onChange,
}: {
  name: string;
  property: Property;
  value: unknown;
  onChange: (value: unknown) => void;
}) {
  const id = useId();
  const label = property.title ?? name;
  if (property.type === 'boolean')
    return (
      <label className="mb-2 flex items-center gap-2 text-sm">
        <input
          type="checkbox"
          checked={value === true}
          onChange={(event) => onChange(event.target.checked)}
          className="accent-accent"
        />
        {label}
      </label>
    );
  const isNumber = property.type === 'number' || property.type === 'integer';
  return (
    <div className="mb-2">
      <Label htmlFor={id}>{label}</Label>
      {property.enum !== undefined ? (
        <Select id={id} value={String(value ?? '')} onChange={(event) => onChange(event.target.value)}>
          <option value="">Choose…</option>
          {property.enum.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </Select>
      ) : (
        <Input
          id={id}
          type={isNumber ? 'number' : 'text'}
          value={String(value ?? '')}
          onChange={(event) =>
            onChange(isNumber && event.target.value !== '' ? Number(event.target.value) : event.target.value)
          }
        />
      )}
      {property.description !== undefined && <p className="mt-0.5 text-ink-3 text-xs">{property.description}</p>}
    </div>
  );
}
