/** JSON schemas of the OpenAPI document as something to read. */
import { type Html, html } from './html.ts';

export interface Schema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  enum?: unknown[];
  const?: unknown;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  default?: unknown;
  format?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  minItems?: number;
  maxItems?: number;
}

/** Members of members are shown so deep; what is deeper is said by its type alone. */
const DEPTH = 5;

export const nameOf = (ref: string): string => ref.split('/').at(-1)!;
const alternatives = (schema: Schema): Schema[] | undefined => schema.anyOf ?? schema.oneOf ?? schema.allOf;
const isNull = ({ type }: Schema): boolean => type === 'null';
const join = (parts: Html[], between: string): Html => parts.reduce((a, b) => html`${a}${between}${b}`);

/** `string`, `Session`, `list of string`, `"idle" or "active"`. */
export function typeOf(schema: Schema): Html {
  if (schema.$ref !== undefined) {
    const name = nameOf(schema.$ref);
    return html`<a href="#shape-${name}">${name.replace(/Input$/, '')}</a>`;
  }
  if (schema.const !== undefined) return html`<code>${JSON.stringify(schema.const)}</code>`;
  if (schema.enum !== undefined)
    return join(
      schema.enum.map((one) => html`<code>${JSON.stringify(one)}</code>`),
      ' or ',
    );
  const several = alternatives(schema);
  if (several !== undefined) {
    const kinds = [...new Map(several.map((one) => [typeOf(one).text, typeOf(one)])).values()];
    return join(kinds, ' or ');
  }
  if (schema.items !== undefined) return html`list of ${typeOf(schema.items)}`;
  if (schema.type === 'object' || schema.properties !== undefined) {
    const rest = schema.additionalProperties;
    const isMap = schema.properties === undefined && typeof rest === 'object' && Object.keys(rest).length > 0;
    return isMap ? html`object, of ${typeOf(rest)} by name` : html`object`;
  }
  if (schema.format === 'date-time') return html`time`;
  return html`${Array.isArray(schema.type) ? schema.type.join(' or ') : (schema.type ?? 'anything')}`;
}

/** What a value may be beside its type. Bounds that are those of every integer say nothing. */
function bounds(schema: Schema): string[] {
  const { minimum, maximum, exclusiveMinimum, minLength, maxLength, minItems, maxItems } = schema;
  const told = (n: number | undefined): n is number => n !== undefined && Math.abs(n) < Number.MAX_SAFE_INTEGER;
  return [
    told(minimum) ? `at least ${minimum}` : '',
    told(exclusiveMinimum) ? `above ${exclusiveMinimum}` : '',
    told(maximum) ? `at most ${maximum.toLocaleString('en')}` : '',
    minLength !== undefined && minLength > 1 ? `at least ${minLength} characters` : '',
    maxLength !== undefined ? `at most ${maxLength.toLocaleString('en')} characters` : '',
    minItems !== undefined && minItems > 0 ? `at least ${minItems}` : '',
    maxItems !== undefined ? `at most ${maxItems.toLocaleString('en')} of them` : '',
  ].filter((one) => one !== '');
}

/** A member or a parameter: its name, what it may be, and what it means. */
export function member(name: string, schema: Schema, required: boolean, depth: number): Html {
  const given = alternatives(schema)?.find((one) => !isNull(one)) ?? schema;
  const facts = [...bounds(schema), ...(schema === given ? [] : bounds(given))];
  return html`<dt><code>${name}</code>${required && html` <span class="must">required</span>`}</dt>
<dd><span class="type">${typeOf(schema)}${facts.length > 0 && `, ${facts.join(', ')}`}${
    schema.default !== undefined && html`; default <code>${JSON.stringify(schema.default)}</code>`
  }</span>${schema.description !== undefined && html`<p>${schema.description}</p>`}${inside(schema, depth + 1)}</dd>`;
}

/** The members of what is an object, or holds some. */
export function inside(schema: Schema, depth = 0): Html {
  if (schema.$ref !== undefined || depth > DEPTH) return html``;
  if (schema.properties !== undefined) {
    const { required = [] } = schema;
    const members = Object.entries(schema.properties);
    if (members.length === 0) return html``;
    return html`<dl class="members">${members.map(([name, one]) => member(name, one, required.includes(name), depth))}</dl>`;
  }
  if (schema.items !== undefined) return inside(schema.items, depth);
  if (typeof schema.additionalProperties === 'object') return inside(schema.additionalProperties, depth);
  const several = (alternatives(schema) ?? []).filter((one) => inside(one, depth).text !== '');
  if (several.length < 2) return html`${several.map((one) => inside(one, depth))}`;
  return html`${several.map((one, n) => html`<p class="type">${n === 0 ? 'Either' : 'or'}</p>${inside(one, depth)}`)}`;
}

/** The names of the shapes that something refers to. */
export function shapesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(shapesIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) =>
    key === '$ref' && typeof one === 'string' ? [nameOf(one)] : shapesIn(one),
  );
}
