import { Rigger, RiggerApiError, RiggerConnectionError } from '@rigger/client';

/** The server that this page came from. A request is sent again for a while where that is safe. */
export const rigger = new Rigger({ baseUrl: location.origin, retryForMs: 4_000 });
/** The same for streams, which come back for as long as the page is open. */
export const streaming = new Rigger({ baseUrl: location.origin, retryForMs: Number.POSITIVE_INFINITY });

/** What went wrong, as it is told to people. */
export interface Told {
  title: string;
  detail: string | null;
  remedy: string | null;
  code: string | null;
  requestId: string | null;
  /** The server did not answer at all. */
  unreachable: boolean;
}

export function tell(error: unknown): Told {
  if (error instanceof RiggerApiError) {
    const { title, detail = null, remedy = null, code, requestId = null } = error;
    return { title, detail, remedy, code, requestId, unreachable: false };
  }
  if (error instanceof RiggerConnectionError)
    return {
      title: 'The server cannot be reached',
      detail: null,
      remedy: 'Check that Rigger runs, and the network in between.',
      code: error.code,
      requestId: null,
      unreachable: true,
    };
  const detail = error instanceof Error ? error.message : String(error);
  return { title: 'Something went wrong', detail, remedy: null, code: null, requestId: null, unreachable: false };
}

/** Whether an error is the server's answer and would be the same at another try. */
export const isFinal = (error: unknown): boolean =>
  error instanceof RiggerApiError && error.status >= 400 && error.status < 500 && !error.retryable;
export const hasCode = (error: unknown, code: string): boolean =>
  error instanceof RiggerApiError && error.code === code;

/** Where a file of a workspace is had from, for links that download it. */
export const fileUrl = (id: string, path: string): string =>
  `/api/sessions/${encodeURIComponent(id)}/files/${path.split('/').map(encodeURIComponent).join('/')}`;
export const archiveUrl = (id: string, path = ''): string =>
  `/api/sessions/${encodeURIComponent(id)}/files?${new URLSearchParams({ ...(path === '' ? {} : { path }), archive: 'tar.gz' })}`;
