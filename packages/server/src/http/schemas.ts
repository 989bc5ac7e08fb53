import { z } from 'zod';
import { problemSchema } from './problems.ts';

export const sessionParams = z.object({ id: z.string().min(1).max(255).describe('The session’s id.') });

/** The problems that any route may answer with. */
export const problems = (...statuses: (400 | 404 | 409 | 413 | 415 | 503)[]) =>
  Object.fromEntries(
    [...statuses, 500].map((status) => [
      status,
      { description: 'A problem', content: { 'application/problem+json': { schema: problemSchema } } },
    ]),
  );
