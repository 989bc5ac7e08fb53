/**
 * Tidies up after the examples, and after nobody else: only sessions with their tag. Idle sessions are ended, except that
 * an idle hybrid session is parked, for coming back is what it is for (`--all` ends those too). What has ended is deleted.
 */
import { dim, line } from '../lib/terminal.js';

const ENDED = ['completed', 'error', 'terminated'];

async function tidy(rigger, session, all) {
  if (session.status === 'active') return 'left alone: it is working';
  if (session.pattern === 'hybrid' && session.status === 'idle' && !all) {
    await rigger.sessions.update(session.id, { status: 'idle' });
    return 'parked: a message wakes it, --all ends it';
  }
  const was = session.status;
  if (!ENDED.includes(was)) await rigger.sessions.terminate(session.id, { reason: 'idle_timeout' });
  await rigger.sessions.delete(session.id);
  return ENDED.includes(was) ? `deleted (it was ${was})` : `ended and deleted (it was ${was})`;
}

export async function run(rigger, proof, args = []) {
  const all = args.includes('--all');
  const sessions = [];
  for await (const session of rigger.sessions.each({ tags: 'example' })) sessions.push(session);
  if (sessions.length === 0) line('  Nothing to do: there are no sessions of the examples.');

  const deleted = [];
  for (const session of sessions) {
    // Its retention may end between the list and now: then it is tidy already.
    const done = await tidy(rigger, session, all).catch((error) => {
      if (error.status === 404) return 'deleted meanwhile by the server';
      throw error;
    });
    if (/deleted/.test(done)) deleted.push(session.id);
    line(`  ${session.id}  ${session.pattern.padEnd(16)} ${dim(done)}`);
  }

  const left = [];
  for await (const session of rigger.sessions.each({ tags: 'example' })) left.push(session);
  proof.check(
    'what was deleted is gone',
    left.every(({ id }) => !deleted.includes(id)),
    `${deleted.length} deleted, ${left.length} kept`,
  );
  proof.check(
    'no session of an example that has ended is left',
    left.every(({ status }) => !ENDED.includes(status)),
  );
}
