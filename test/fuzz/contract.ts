/** Whether an answer is one that the OpenAPI document says may come. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Schema } from './values.ts';

export interface Operation {
  method: string;
  path: string;
  parameters: { name: string; in: string; required?: boolean; schema?: Schema }[];
  body: Schema | null;
  responses: Record<string, { content?: Record<string, { schema?: Schema }> }>;
}

interface Document {
  paths: Record<
    string,
    Record<
      string,
      Omit<Operation, 'method' | 'path' | 'body'> & { requestBody?: { content: Record<string, { schema: Schema }> } }
    >
  >;
  components: { schemas: Record<string, Schema> };
}

export function operationsOf(document: Document): Operation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody, responses }]) => ({
      method: method.toUpperCase(),
      path,
      parameters,
      body: requestBody?.content['application/json']?.schema ?? null,
      responses,
    })),
  );
}

export class Contract {
  readonly #ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: false });
  readonly #validators = new Map<string, ValidateFunction>();
  readonly document: Document;

  constructor(document: Document) {
    this.document = document;
    this.#ajv.addSchema({ $id: 'openapi', ...document });
  }

  /** What is wrong with an answer, or null. */
  violation({ method, path, responses }: Operation, status: number, type: string, text: string): string | null {
    if (status >= 500) return `status ${status}: ${text.slice(0, 900)}`;
    const said = responses[String(status)];
    if (said === undefined) return `status ${status} is not in the document: ${text.slice(0, 300)}`;
    const wanted = Object.keys(said.content ?? {});
    const plain = type.split(';')[0]!.trim();
    if (method === 'HEAD') return null;
    if (status >= 400 && plain !== 'application/problem+json') return `an error as ${type}`;
    if (wanted.length === 0 || !plain.endsWith('json')) return null;
    if (!wanted.includes(plain)) return `${type} is not in the document, which has ${wanted.join(', ')}`;
    const at = ['paths', path, method.toLowerCase(), 'responses', String(status), 'content', plain, 'schema'];
    const pointer = at
      .map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1'))
      .map(encodeURIComponent)
      .join('/');
    const validate = this.#validator(`openapi#/${pointer}`);
    if (validate === null || validate(JSON.parse(text))) return null;
    const [error] = validate.errors ?? [];
    return `the answer does not fit: ${error?.instancePath} ${error?.message}: ${text.slice(0, 300)}`;
  }

  #validator(ref: string): ValidateFunction | null {
    const known = this.#validators.get(ref) ?? this.#ajv.getSchema(ref);
    if (known === undefined) return null;
    this.#validators.set(ref, known);
    return known;
  }
}
