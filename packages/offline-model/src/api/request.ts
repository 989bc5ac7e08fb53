import { z } from 'zod';
import { contentBlock, type RequestMessage } from './blocks.ts';
import { ApiError } from './errors.ts';
import { checkToolPairs } from './pairing.ts';

const message = z.object({
  role: z.enum(['user', 'assistant', 'system']),
  content: z.union([z.string(), z.array(contentBlock)]),
}) satisfies z.ZodType<RequestMessage>;

const common = {
  model: z.string().min(1),
  messages: z.array(message).min(1),
  system: z.union([z.string(), z.array(contentBlock)]).optional(),
  tools: z.array(z.object({ name: z.string().optional(), type: z.string().nullish() })).optional(),
  thinking: z.object({ type: z.string(), display: z.string().nullish() }).optional(),
  output_config: z
    .object({ format: z.object({ type: z.string(), schema: z.record(z.string(), z.unknown()) }).nullish() })
    .nullish(),
  metadata: z.object({ user_id: z.string().nullish() }).optional(),
};

/** Body of `POST /v1/messages`; fields not listed are accepted and ignored. */
export const messagesRequest = z.object({
  ...common,
  max_tokens: z.int().min(1),
  stream: z.boolean().optional(),
});

/** Body of `POST /v1/messages/count_tokens`: the same without `max_tokens` and `stream`. */
export const countTokensRequest = z.object(common);

export type MessagesRequest = z.output<typeof messagesRequest>;
export type PromptParts = z.output<typeof countTokensRequest>;

/**
 * Validates a parsed JSON body.
 * @throws ApiError 400 `invalid_request_error` naming the first wrong field as the real API does
 *   (`messages.0.content.1.text: Field required`).
 */
export function parseRequest<S extends typeof messagesRequest | typeof countTokensRequest>(
  schema: S,
  body: unknown,
): z.output<S> {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new ApiError(400, 'invalid_request_error', describeIssue(parsed.error, body));
  checkToolPairs(parsed.data.messages);
  return parsed.data as z.output<S>;
}

function describeIssue(error: z.ZodError, body: unknown): string {
  const issue = deepest(error.issues);
  const path = issue.path.map(String);
  const missing = valueAt(body, path) === undefined;
  const where = path.length === 0 ? 'body' : path.join('.');
  return `${where}: ${missing ? 'Field required' : issue.message}`;
}

/** Of a failed union the branch that got furthest says most: `messages.0.content.0.text` rather than `messages.0.content`. */
function deepest(issues: readonly z.core.$ZodIssue[], prefix: PropertyKey[] = []): z.core.$ZodIssue {
  let best: z.core.$ZodIssue | undefined;
  for (const issue of issues) {
    const path = [...prefix, ...issue.path];
    const nested = issue.code === 'invalid_union' ? issue.errors.filter((branch) => branch.length > 0) : [];
    const candidates = [{ ...issue, path } as z.core.$ZodIssue, ...nested.map((branch) => deepest(branch, path))];
    for (const candidate of candidates) if (!best || candidate.path.length > best.path.length) best = candidate;
  }
  return best ?? ({ code: 'custom', path: prefix, message: 'Invalid request', input: undefined } as z.core.$ZodIssue);
}

function valueAt(body: unknown, path: string[]): unknown {
  let value = body;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}
