import type { Entry, TranscriptSource } from '../agents/transcript.ts';
import { TRANSCRIPT_PATH, TRANSCRIPT_SUBPATHS_PATH } from '../protocol/index.ts';
import { askLeased, type LeaseAccess } from './leased.ts';

/** Transcripts of one session from the server. @throws Error when it does not answer or does not give them. */
export function serverTranscripts(access: LeaseAccess): TranscriptSource {
  async function get<T>(path: string, query: Record<string, string>): Promise<T> {
    const answer = await askLeased(access, path, query);
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
