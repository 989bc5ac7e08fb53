import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError, errorBody } from './api/errors.ts';

/** The real API's limit for one request. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** An id in the real API's shape: a prefix, `_01`, 22 letters and digits. */
export function newId(prefix: 'req' | 'msg' | 'toolu'): string {
  return `${prefix}_01${randomBytes(11).toString('hex')}`;
}

/**
 * Reads and parses a JSON body.
 * @throws ApiError 413 above 32 MiB, 400 when it is not JSON or not an object
 */
export async function readJson(request: IncomingMessage): Promise<object> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MAX_BODY_BYTES) throw new ApiError(413, 'request_too_large', 'Request exceeds the maximum size');
    parts.push(part);
  }
  let body: unknown;
  try {
    body = JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch (cause) {
    throw new ApiError(400, 'invalid_request_error', 'The request body is not valid JSON', { cause });
  }
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body;
  throw new ApiError(400, 'invalid_request_error', 'The request body must be a JSON object');
}

/**
 * Any key does: the server protects nothing, but a client that forgot its key should notice here and not in production.
 * @throws ApiError 401 `authentication_error`
 */
export function requireKey(request: IncomingMessage): void {
  if (request.headers['x-api-key'] || request.headers.authorization) return;
  throw new ApiError(401, 'authentication_error', 'x-api-key header is required');
}

/** Headers every answer of the API carries; the limits are plausible and never run out. */
export function apiHeaders(requestId: string, now: Date): Record<string, string> {
  const reset = new Date(now.getTime() + 60_000).toISOString().replace(/\.\d+Z$/, 'Z');
  const headers: Record<string, string> = { 'request-id': requestId, 'anthropic-organization-id': 'offline-model' };
  const limits = {
    requests: [4000, 3999],
    'input-tokens': [2_000_000, 1_990_000],
    'output-tokens': [400_000, 399_000],
  };
  for (const [kind, [limit, remaining]] of Object.entries(limits)) {
    headers[`anthropic-ratelimit-${kind}-limit`] = String(limit);
    headers[`anthropic-ratelimit-${kind}-remaining`] = String(remaining);
    headers[`anthropic-ratelimit-${kind}-reset`] = reset;
  }
  return headers;
}

export function sendJson(
  response: ServerResponse,
  status: number,
  headers: Record<string, string>,
  body: object,
): void {
  response.writeHead(status, { ...headers, 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

export function sendError(response: ServerResponse, error: ApiError, requestId: string, now: Date): void {
  const headers = apiHeaders(requestId, now);
  if (error.retryAfter !== undefined) headers['retry-after'] = String(error.retryAfter);
  sendJson(response, error.status, headers, errorBody(error, requestId));
}
