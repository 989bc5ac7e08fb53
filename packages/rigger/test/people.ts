/** What a person does about requests for permission, for tests of them. */
import type { PermissionView, SessionEvent, SessionMetadata } from '@rigger/server/types';
import { type Answer, bash, type Rigger, script } from './harness.ts';

/** A script that makes one line in a file each time it runs, and says what came of it. */
export const marks = (file: string, then = '{{lastToolResult}}'): string =>
  script(bash(`echo ran >> ${file}`), { text: then });

export interface People {
  hybrid(config?: object, more?: object): Promise<SessionMetadata>;
  /** The request that comes next after so many, as it is when it is looked at. */
  asked(session: SessionMetadata, nth?: number): Promise<PermissionView>;
  answer(one: PermissionView, body: object): Promise<Answer>;
  /** Sends a message without waiting for its turn. */
  send(id: string, prompt: string, agent?: string): Promise<string>;
  over(session: SessionMetadata, turn: string): Promise<SessionEvent>;
  /** What the workspace has in a file. */
  read(id: string, file: string): Promise<string>;
  killAgents(): void;
}

/** @param rigger asked each time: a test may start another */
export function people(rigger: () => Rigger): People {
  return {
    hybrid: (config = {}, more = {}) => rigger().create({ pattern: 'hybrid', config, ...more }),
    async asked(session, nth = 1) {
      let seen = 0;
      const event = await rigger().until(session.id, ({ type }) => type === 'permission.requested' && ++seen === nth);
      return (await rigger().call('GET', `/api/sessions/${session.id}/permissions/${event.data.id}`)).body;
    },
    answer: (one, body) => rigger().call('POST', `/api/sessions/${one.sessionId}/permissions/${one.id}`, body),
    async send(id, prompt, agent) {
      const body = { prompt, ...(agent === undefined ? {} : { agent }) };
      const taken = await rigger().call('POST', `/api/sessions/${id}/message`, body, { prefer: 'respond-async' });
      return taken.body.turn.id;
    },
    over: (session, turn) =>
      rigger().until(session.id, ({ type, turnId }) => type === 'turn.finished' && turnId === turn),
    read: async (id, file) => (await fetch(`${rigger().url}/api/sessions/${id}/files/${file}`)).text(),
    killAgents() {
      for (const pid of rigger().agents()) process.kill(pid, 'SIGKILL');
    },
  };
}

/** For what no event tells. */
export async function eventually(test: () => Promise<boolean>): Promise<void> {
  for (let left = 200; !(await test()); left -= 1) {
    if (left === 0) throw new Error('It did not come to pass.');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
