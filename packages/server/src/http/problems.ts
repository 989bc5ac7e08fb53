/** The only place that makes answers of errors: `application/problem+json`, with the member `error` that clients know. */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { UNHOSTABLE } from '../model/config.ts';
import { ERROR_CODES, ERRORS, type ErrorCode, RiggerError } from '../model/errors.ts';
import { SESSION_PATTERNS } from '../model/session.ts';
import { isDatabaseAway } from '../model/transient.ts';

export const problemSchema = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int().describe('The HTTP status.'),
    code: z.enum(ERROR_CODES),
    error: z.string().describe('The same as `title`, as existing clients read it.'),
    detail: z.string().optional(),
    remedy: z.string().describe('How to mend it.'),
    retry: z.boolean().describe('Whether trying again can help.'),
    requestId: z.string(),
  })
  .meta({ id: 'Problem' });

type Issue = { path: PropertyKey[]; message: string; code?: string; keys?: string[]; errors?: Issue[][] };

/** The issues of a union are those of the branch that came closest: the one that has fewest. */
function flatten(issues: readonly Issue[], prefix: PropertyKey[] = []): Issue[] {
  return issues.flatMap((issue) => {
    const path = [...prefix, ...issue.path];
    if (issue.code !== 'invalid_union' || issue.errors === undefined || issue.errors.length === 0)
      return [{ ...issue, path }];
    const closest = issue.errors.reduce((best, branch) => (branch.length < best.length ? branch : best));
    return flatten(closest, path);
  });
}

const dotted = (path: PropertyKey[]): string => path.map(String).join('.');

export function fromIssues(raw: readonly Issue[]): RiggerError {
  const issues = flatten(raw);
  const unknown = issues.filter((issue) => issue.code === 'unrecognized_keys');
  const members = unknown.flatMap((issue) => (issue.keys ?? []).map((key) => dotted([...issue.path, key])));
  const unhostable = members.filter((member) => /^config\.[^.]+$/.test(member) && member.slice(7) in UNHOSTABLE);
  if (unhostable.length > 0) {
    const detail = unhostable.map((member) => `${member}: ${UNHOSTABLE[member.slice(7)]}`).join('; ');
    return new RiggerError('unsupported_option', { detail, extra: { members: unhostable } });
  }
  if (issues.some((issue) => dotted(issue.path) === 'pattern'))
    return new RiggerError('invalid_pattern', { extra: { validPatterns: SESSION_PATTERNS } });
  if (members.length > 0)
    return new RiggerError('unknown_members', { detail: `Not known here: ${members.join(', ')}.`, extra: { members } });
  const listed = issues.map((issue) => ({ path: dotted(issue.path), message: issue.message }));
  const detail = listed
    .map((issue) => (issue.path === '' ? issue.message : `${issue.path}: ${issue.message}`))
    .join('; ');
  return new RiggerError('invalid_request', { detail, extra: { issues: listed } });
}

/** A request that was still under way when the server closed its database. */
const isClosed = (error: unknown): boolean =>
  error instanceof Error && /driver has already been destroyed|Cannot use a pool after calling end/.test(error.message);

/** Any error as one of the catalogue. */
export function toRiggerError(error: unknown): RiggerError {
  if (error instanceof RiggerError) return error;
  if (hasZodFastifySchemaValidationErrors(error)) {
    return fromIssues(
      error.validation.map((entry) => ({
        ...(entry.params as Partial<Issue>),
        path: entry.instancePath.split('/').filter((part) => part !== ''),
        message: entry.message ?? 'not valid',
        code: entry.keyword,
      })),
    );
  }
  const known = error as Partial<FastifyError>;
  const byCode: Record<string, ErrorCode> = {
    FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
    FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
    FST_ERR_CTP_EMPTY_JSON_BODY: 'body_not_json',
    FST_ERR_CTP_INVALID_JSON_BODY: 'body_not_json',
    FST_ERR_BAD_URL: 'invalid_path',
    FST_ERR_MAX_PARAM_LENGTH: 'route_not_found',
  };
  const code = byCode[known.code ?? ''];
  if (code !== undefined) return new RiggerError(code, { cause: error });
  if (known.statusCode === 400)
    return new RiggerError('body_not_json', {
      ...(known.message === undefined ? {} : { detail: known.message }),
      cause: error,
    });
  if (isClosed(error)) return new RiggerError('shutting_down', { cause: error });
  if (isDatabaseAway(error)) return new RiggerError('database_unavailable', { cause: error });
  return new RiggerError('internal', { cause: error });
}

export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const problem = toRiggerError(error);
  const entry = ERRORS[problem.code];
  // Turning away is no fault of anybody, and there may be many to turn away.
  if (entry.status >= 500 && problem.code !== 'shutting_down')
    request.log.error({ err: problem.cause ?? problem }, problem.message);
  if (entry.status === 503) reply.header('retry-after', '1');
  if (entry.status === 401) reply.header('www-authenticate', 'Bearer realm="rigger"');
  reply
    .code(entry.status)
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send(problemOf(problem, request.id));
}

/** An error as its readers see it. */
export function problemOf(problem: RiggerError, requestId: string): Record<string, unknown> {
  const entry = ERRORS[problem.code];
  return {
    type: `urn:rigger:problem:${problem.code}`,
    title: entry.title,
    status: entry.status,
    code: problem.code,
    error: entry.title,
    remedy: entry.remedy,
    retry: entry.retry,
    requestId,
    ...problem.extra,
  };
}
