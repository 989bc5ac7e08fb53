import type Anthropic from '@anthropic-ai/sdk';

/** The error types of the real API, from the official SDK, plus any newer one a scenario wants to play. */
export type ApiErrorType = Anthropic.ErrorObject['type'] | (string & {});

/** A failure answered in the real API's shape, `{"type":"error","error":{"type","message"},"request_id"}`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly type: ApiErrorType;
  /** Seconds for the `retry-after` header, when the client should wait. */
  readonly retryAfter: number | undefined;

  constructor(status: number, type: ApiErrorType, message: string, options?: ErrorOptions & { retryAfter?: number }) {
    super(message, options);
    this.status = status;
    this.type = type;
    this.retryAfter = options?.retryAfter;
  }
}

/** The body of an error, also the data of an `error` event inside a stream. */
export function errorBody(error: ApiError, requestId: string) {
  return { type: 'error', error: { type: error.type, message: error.message }, request_id: requestId } as const;
}

/** Usual error type of a status, for scenarios that give only the number. */
export function errorTypeOf(status: number): ApiErrorType {
  return usualTypes[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error');
}

const usualTypes: Record<number, ApiErrorType> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  500: 'api_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};
