import type { ErrorCode, ProblemBody } from './types.ts';

/** The server answered, and its answer is a problem. */
export class RiggerApiError extends Error {
  override readonly name = 'RiggerApiError';
  /** Of the catalogue; `unknown` for an answer that is none of Rigger's, as a proxy's. */
  readonly code: ErrorCode | 'unknown' | (string & {});
  /** The HTTP status. */
  readonly status: number;
  readonly title: string;
  readonly detail: string | undefined;
  /** How to mend it. */
  readonly remedy: string | undefined;
  /** Whether the same request can succeed later. */
  readonly retryable: boolean;
  /** What the server's log knows the request by. */
  readonly requestId: string | undefined;
  /** The answer, with what its code adds to the standard members. */
  readonly body: Partial<ProblemBody>;

  constructor(status: number, body: Partial<ProblemBody>, requestId?: string | null) {
    const title = body.title ?? body.error ?? `The server answered ${status}`;
    super(body.detail === undefined || body.detail === title ? title : `${title}: ${body.detail}`);
    this.code = body.code ?? 'unknown';
    this.status = status;
    this.title = title;
    this.detail = body.detail;
    this.remedy = body.remedy;
    this.retryable = body.retry ?? (status === 429 || status >= 502);
    this.requestId = body.requestId ?? requestId ?? undefined;
    this.body = body;
  }
}

/** No answer came: nobody listens there, or the connection broke, and trying again did not help. */
export class RiggerConnectionError extends Error {
  override readonly name = 'RiggerConnectionError';
  readonly code = 'unreachable';
  readonly retryable = true;
  readonly remedy = 'Check the address, and whether the server runs.';
  readonly url: string;
  /** What the system said, such as `ECONNREFUSED 127.0.0.1:3333`, where it said anything. */
  readonly reason: string;

  constructor(url: string, cause: unknown) {
    const reason = reasonOf(cause);
    super(`${url} cannot be reached (${reason}).`, { cause });
    this.url = url;
    this.reason = reason;
  }
}

/** `fetch` hides why a connection failed in `cause`, and once more where a name has several addresses. */
function reasonOf(error: unknown): string {
  type Hidden = { cause?: unknown; errors?: unknown[]; code?: string; address?: string; port?: number };
  let inner = error as Hidden & { message?: string };
  while (inner.cause !== undefined || inner.errors?.[0] !== undefined)
    inner = (inner.errors?.[0] ?? inner.cause) as typeof inner;
  if (inner.code === undefined) return inner.message ?? String(error);
  const where =
    inner.address === undefined ? '' : ` ${inner.address}${inner.port === undefined ? '' : `:${inner.port}`}`;
  return `${inner.code}${where}`;
}
