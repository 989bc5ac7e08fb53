import { z } from 'zod';
import { problemSchema } from './problems.ts';

export const sessionParams = z.object({ id: z.string().min(1).max(255).describe('The session’s id.') });

/** The last `seq` that a reader has. */
export const cursor = z.coerce.number().int().min(0);

/** A client's own name for a request, by which it can be sent again without a second effect. */
export const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 printable characters without spaces');

export const idempotencyHeaders = z.looseObject({
  'idempotency-key': idempotencyKey
    .optional()
    .describe('The same key and body: the same answer and one effect, for 7 days. Another body: 409.'),
});

/** Says that an answer is that of an earlier request with the same key. */
export const REPLAYED_HEADER = 'idempotent-replayed';

/** The problems that any route may answer with. */
export const problems = (...statuses: (400 | 401 | 403 | 408 | 404 | 409 | 413 | 415 | 426 | 429 | 503)[]) =>
  Object.fromEntries(
    [...statuses, 500].map((status) => [
      status,
      { description: 'A problem', content: { 'application/problem+json': { schema: problemSchema } } },
    ]),
  );

interface Described {
  params?: unknown;
  querystring?: unknown;
  body?: unknown;
  response?: Record<string, unknown>;
}

/** A route in the document, with what any request of its kind may be answered with beside what the route itself names. */
export function withUsualProblems<S>(schema: S, guarded: boolean): S {
  const { params, querystring, body, response } = schema as Described;
  const one = response?.['500'];
  if (response === undefined || one === undefined) return schema;
  const usual = [
    ...(guarded ? [401, 403, 429] : []),
    ...(params === undefined && querystring === undefined && body === undefined ? [] : [400]),
    ...(body === undefined ? [] : [408, 413, 415]),
  ];
  return { ...schema, response: { ...Object.fromEntries(usual.map((status) => [status, one])), ...response } };
}
