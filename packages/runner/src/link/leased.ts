/** What a runner asks its server over HTTP about a session whose lease it holds. */
export interface LeaseAccess {
  session: string;
  epoch: number;
  serverUrl(): string | null;
  token: string;
}

const TIMEOUT_MS = 60_000;
const PATIENCE_MS = 20_000;
const RETRY_MS = 250;

/** A server that is away or whose database is away will be back: an agent must not fail for it. */
export async function askLeased(
  { session, epoch, serverUrl, token }: LeaseAccess,
  path: string,
  query: Record<string, string>,
  request: { method?: string; body?: Buffer | string; type?: string } = {},
): Promise<Response> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const url = new URL(path, serverUrl() ?? 'http://127.0.0.1:9');
    url.search = new URLSearchParams({ session, epoch: String(epoch), ...query }).toString();
    const asked = fetch(url, {
      ...(request.method === undefined ? {} : { method: request.method }),
      ...(request.body === undefined ? {} : { body: request.body }),
      headers: {
        authorization: `Bearer ${token}`,
        ...(request.type === undefined ? {} : { 'content-type': request.type }),
      },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const answer = await asked.catch((error: unknown) => {
      if (Date.now() > deadline) throw error;
      return null;
    });
    if (answer !== null && (answer.status < 500 || Date.now() > deadline)) return answer;
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}
