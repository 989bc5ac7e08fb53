import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { rigger } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import type { Session } from '../../api/types.ts';
import { type Draft, toRequest } from './draft.ts';
import type { Upload } from './dropped.ts';

export interface Creation {
  /** What is being done, in words; null when nothing is. */
  doing: string | null;
  error: unknown;
  /** The session, once it is there: what failed after that is tried again without making another. */
  made: Session | null;
  create: (draft: Draft, files: Upload[]) => Promise<Session | null>;
}

/** Makes a session, puts its files in, sends its first message. */
export function useCreation(): Creation {
  const client = useQueryClient();
  const [doing, setDoing] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [made, setMade] = useState<Session | null>(null);
  const uploaded = useRef(new Set<Upload>());
  const create = async (draft: Draft, files: Upload[]): Promise<Session | null> => {
    setError(null);
    try {
      setDoing('Creating…');
      const session = made ?? (await rigger.sessions.create(toRequest(draft)));
      setMade(session);
      const left = files.filter((file) => !uploaded.current.has(file));
      for (const [n, upload] of left.entries()) {
        setDoing(`Putting in ${upload.path} (${n + 1} of ${left.length})…`);
        await rigger.files.write(session.id, upload.path, upload.file);
        uploaded.current.add(upload);
      }
      const prompt = draft.prompt.trim();
      if (prompt !== '') {
        setDoing('Sending the message…');
        await rigger.sessions.queue(session.id, prompt);
      }
      void client.invalidateQueries({ queryKey: keys.sessions });
      client.removeQueries({ queryKey: keys.allSessionPages });
      return session;
    } catch (failure) {
      setError(failure);
      return null;
    } finally {
      setDoing(null);
    }
  };
  return { doing, error, made, create };
}
