import type { Entry, TranscriptSource } from '../agents/transcript.ts';
import { TRANSCRIPT_PATH, TRANSCRIPT_SUBPATHS_PATH } from '../protocol/index.ts';

export interface TranscriptAccess {
  session: string;
  epoch: number;
  serverUrl(): string | null;
  token: string;
}

const TIMEOUT_MS = 30_000;
const PATIENCE_MS = 20_000;
const RETRY_MS = 250;

/** Transcripts of one session from the server. @throws Error when it does not answer or does not give them. */
export function serverTranscripts({ session, epoch, serverUrl, token }: TranscriptAccess): TranscriptSource {
  async function get<T>(path: string, query: Record<string, string>): Promise<T> {
    const url = new URL(path, serverUrl() ?? 'http://127.0.0.1:9');
    url.search = new URLSearchParams({ session, epoch: String(epoch), ...query }).toString();
    const answer = await patiently(() =>
      fetch(url, { headers: { authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(TIMEOUT_MS) }),
    );
    if (!answer.ok) throw new Error(`The server did not give the transcript: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }
  return {
    async load(sdkSession, subpath) {
      const { entries } = await get<{ entries: Entry[] | null }>(TRANSCRIPT_PATH, {
        sdkSession,
        ...(subpath === null ? {} : { subpath }),
      });
      return entries;
    },
    async subpaths(sdkSession) {
      return (await get<{ subpaths: string[] }>(TRANSCRIPT_SUBPATHS_PATH, { sdkSession })).subpaths;
    },
  };
}

/** A server that is away or whose database is away will be back: an agent must not fail for it. */
async function patiently(ask: () => Promise<Response>): Promise<Response> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask().catch((error: unknown) => {
      if (Date.now() > deadline) throw error;
      return null;
    });
    if (answer !== null && (answer.status < 500 || Date.now() > deadline)) return answer;
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}
