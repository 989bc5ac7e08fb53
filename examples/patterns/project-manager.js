/**
 * Hybrid: between messages the session is parked. Its process is gone and it costs nothing; the next message brings it
 * back with its conversation and its files. A later session may continue it too, by `config.resumeSessionId`.
 */
import { createTagged, wholeLog } from '../lib/sessions.js';
import { dim, line, spent } from '../lib/terminal.js';
import { converse } from '../lib/watch.js';

const CONFIG = {
  model: 'claude-sonnet-4-5',
  systemPrompt:
    'You manage a project. Its tasks are in tasks.md, one line “- [ ] …” each. Asked for the status, show the open tasks and repeat, numbered, ' +
    'what you were asked before in this conversation.',
  maxTurns: 10,
  allowedTools: ['Read', 'Write', 'Edit', 'Bash'],
};
const TASKS = ['write the release notes', 'book the venue'];
const STATUS = 'What is the status of the project?';

/** Parks the session and waits until its process has gone. */
async function park(rigger, id) {
  line('\n  Parking it: PATCH { "status": "idle" }');
  const parked = await rigger.sessions.update(id, { status: 'idle' });
  let told = false;
  // From the start, for the process may have gone before we look.
  for await (const event of rigger.sessions.follow(id)) {
    if (event.type === 'session.status_changed' && event.data.parked) told = true;
    if (told && event.type === 'agent.exited') {
      line(dim(`  its process has gone (event ${event.seq}: ${event.type}, expected ${event.data.expected})`));
      return { parked, exited: event };
    }
  }
  throw new Error('The session was deleted while it was being parked.');
}

export async function run(rigger, proof) {
  const session = await createTagged(rigger, {
    pattern: 'hybrid',
    config: CONFIG,
    maxIdleTimeMs: 30 * 60_000,
    maxBudgetUsd: 2,
    tags: ['project-manager'],
    description: 'The launch',
  });
  line(dim(`  session ${session.id}, ${session.status}`));
  for (const task of TASKS) await converse(rigger, session.id, `Add a task: ${task}`);

  const { parked, exited } = await park(rigger, session.id);
  const resumed = await converse(rigger, session.id, STATUS);
  const back = (await wholeLog(rigger, session.id)).find(
    (event) => event.seq > exited.seq && event.type === 'agent.started',
  );
  line(dim(`  it came back with ${back?.data.entries} entries of its transcript`));

  line('\n  A new session continues it: config.resumeSessionId');
  const later = await createTagged(rigger, {
    pattern: 'hybrid',
    config: { ...CONFIG, resumeSessionId: session.id },
    tags: ['project-manager'],
    description: 'The launch, continued',
  });
  line(dim(`  session ${later.id}, ${later.status}`));
  const continued = await converse(rigger, later.id, STATUS);
  const [created] = await wholeLog(rigger, later.id);
  const finished = await rigger.sessions.update(session.id, { status: 'completed' });
  await rigger.sessions.update(later.id, { status: 'idle' });
  line(dim(`\n  the first session is ${finished.status}, the second is parked; spent: ${spent(finished)}`));

  const knows = (text, words) => words.every((word) => text.toLowerCase().includes(word));
  proof.check('parked, it is idle and has no process', parked.status === 'idle' && exited.data.expected === true);
  proof.check(
    'the next message brought it back with its history',
    back?.data.resumed === true && back.data.entries > 0,
    `${back?.data.entries} entries`,
  );
  proof.check('it is the same SDK session', resumed.session.sessionId === parked.sessionId, parked.sessionId);
  proof.check(
    'its files came back: the status lists both tasks',
    resumed.toolResults.concat(resumed.text).some((text) => knows(text, TASKS)),
  );
  proof.check(
    'its memory came back: the answer repeats the earlier requests',
    knows(resumed.text, ['add a task', ...TASKS]),
  );
  proof.check(
    'a new session continued it, and says from where',
    later.id !== session.id && created.data.resumedFrom === session.id,
  );
  proof.check('that one knows tasks and requests as well', knows(continued.text, ['add a task', ...TASKS]));
  proof.check('PATCH { "status": "completed" } finished the first one', finished.status === 'completed');
}
