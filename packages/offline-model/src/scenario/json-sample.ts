type Schema = Record<string, unknown>;

/**
 * The smallest sensible instance of a JSON schema: required properties only, first enum value, empty lists.
 * @param given values by property name, used where the schema has a string property of that name
 */
export function sampleOf(schema: Schema, given: Record<string, string>): unknown {
  if ('const' in schema) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  const [alternative] = (schema.anyOf ?? schema.oneOf ?? []) as Schema[];
  if (alternative) return sampleOf(alternative, given);
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case 'string':
      return 'offline';
    case 'number':
    case 'integer':
      return typeof schema.minimum === 'number' ? schema.minimum : 0;
    case 'boolean':
      return false;
    case 'array':
      return Array.from({ length: Number(schema.minItems ?? 0) }, () =>
        sampleOf((schema.items ?? {}) as Schema, given),
      );
    case 'null':
      return null;
    default:
      return sampleObject(schema, given);
  }
}

function sampleObject(schema: Schema, given: Record<string, string>): Record<string, unknown> {
  const properties = (schema.properties ?? {}) as Record<string, Schema>;
  const required = Array.isArray(schema.required) ? schema.required.map(String) : [];
  return Object.fromEntries(required.map((name) => [name, given[name] ?? sampleOf(properties[name] ?? {}, given)]));
}
