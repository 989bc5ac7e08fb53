/** Values for a JSON Schema: ones that fit it, and ones that do not. */
import type { Random } from './random.ts';

export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  propertyNames?: Schema;
  items?: Schema;
  maxItems?: number;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
  format?: string;
  pattern?: string;
}

/** What has broken servers before. */
const STRINGS = [
  '', ' ', '0', '-1', 'null', 'true', '../../etc/passwd', '..%2f..%2f', '%00', 'a\u0000b', '\ud800', '🧨'.repeat(50), 'é', '\u202e',
  "'; DROP TABLE agent_sessions; --", '{{7*7}}', '<script>alert(1)</script>', '$where', '__proto__', 'constructor', 'x'.repeat(5_000), '\n\r\t',
  'Infinity', 'NaN', '1e309', '2026-13-45T99:99:99Z', '-0', '[object Object]', 'sess_', 'https://', 'file:///etc/passwd', '127.0.0.1:3333',
]; // biome-ignore format: a list
const ODD: unknown[] = [null, true, false, 0, -1, 1.5, 1e308, -1e308, 2 ** 53, [], {}, [[[[]]]], { toString: 1 }];

const deep = (levels: number): unknown => {
  let value: unknown = 1;
  for (let n = 0; n < levels; n += 1) value = n % 2 === 0 ? [value] : { a: value };
  return value;
};

/** Something that was hardly meant. */
export const junk = (random: Random): unknown =>
  random.chance(0.6) ? random.pick(STRINGS) : random.chance(0.05) ? deep(random.below(2_000)) : random.pick(ODD);
export const junkText = (random: Random): string => random.pick(STRINGS);

export class Values {
  readonly #random: Random;
  readonly #schemas: Record<string, Schema>;
  /** Ids that there are, to be used where a schema asks for text. */
  readonly known: string[] = [];

  constructor(random: Random, schemas: Record<string, Schema>) {
    this.#random = random;
    this.#schemas = schemas;
  }

  #resolve(schema: Schema): Schema {
    const name = schema.$ref?.split('/').at(-1);
    return name === undefined ? schema : this.#resolve(this.#schemas[name] ?? {});
  }

  /** A value that fits, as far as a schema without its patterns says. */
  fitting(unresolved: Schema, depth = 0): unknown {
    const random = this.#random;
    const schema = this.#resolve(unresolved);
    if (schema.const !== undefined) return schema.const;
    if (schema.enum !== undefined) return random.pick(schema.enum);
    const one = schema.anyOf ?? schema.oneOf;
    if (one !== undefined) return this.fitting(random.pick(one), depth);
    if (schema.allOf !== undefined)
      return Object.assign({}, ...schema.allOf.map((part) => this.fitting(part, depth) as object));
    const type = Array.isArray(schema.type) ? random.pick(schema.type) : schema.type;
    switch (type) {
      case 'object':
        return this.#object(schema, depth);
      case 'array':
        return Array.from({ length: depth > 3 ? 0 : random.below(Math.min(3, schema.maxItems ?? 3) + 1) }, () =>
          this.fitting(schema.items ?? {}, depth + 1),
        );
      case 'string':
        return this.#text(schema);
      case 'integer':
        return this.#number(schema, 1);
      case 'number':
        return this.#number(schema, 0.01);
      case 'boolean':
        return random.chance(0.5);
      case 'null':
        return null;
      default:
        return depth > 3 ? 'x' : random.pick(['text', 1, true, null]);
    }
  }

  #object(schema: Schema, depth: number): Record<string, unknown> {
    const random = this.#random;
    const made: Record<string, unknown> = {};
    for (const [name, member] of Object.entries(schema.properties ?? {}))
      if (schema.required?.includes(name) || (depth < 4 && random.chance(0.25)))
        made[name] = this.fitting(member, depth + 1);
    if (typeof schema.additionalProperties === 'object' && depth < 3 && random.chance(0.5))
      made[`name${random.below(3)}`] = this.fitting(schema.additionalProperties, depth + 1);
    return made;
  }

  #text({ format, minLength = 0, maxLength = 200 }: Schema): string {
    const random = this.#random;
    if (format === 'date-time') return new Date(1.7e12 + random.below(1e11)).toISOString();
    if (format === 'uri') return 'https://example.com/x';
    if (format === 'uuid') return '01890a5d-ac96-774b-bcce-b302099a8057';
    if (this.known.length > 0 && random.chance(0.2)) return random.pick(this.known).slice(0, maxLength);
    return random
      .pick(['a', 'hello', 'claude-sonnet-4-5', '/workspace', 'main', 'user_1'])
      .padEnd(minLength, 'x')
      .slice(0, maxLength);
  }

  #number({ minimum, exclusiveMinimum, maximum }: Schema, step: number): number {
    const least = minimum ?? (exclusiveMinimum === undefined ? 0 : exclusiveMinimum + step);
    const most = Math.min(maximum ?? least + 100_000, least + 100_000);
    return least + this.#random.below(Math.floor((most - least) / step) + 1) * step;
  }

  /** The same with something wrong in it. */
  broken(value: unknown): unknown {
    const random = this.#random;
    if (typeof value !== 'object' || value === null || random.chance(0.1)) return junk(random);
    const copy: Record<string, unknown> = { ...(value as Record<string, unknown>) };
    const names = Object.keys(copy);
    if (names.length === 0 || random.chance(0.3)) copy[junkText(random)] = junk(random);
    else {
      const name = random.pick(names);
      if (random.chance(0.2)) delete copy[name];
      else copy[name] = random.chance(0.5) ? this.broken(copy[name]) : junk(random);
    }
    return copy;
  }
}
