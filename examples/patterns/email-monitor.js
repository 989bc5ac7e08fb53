/**
 * Long-running: the agent's process is there before the first message and stays until somebody ends it. Here it looks
 * after an inbox: what it saw in one turn it still knows in the next, for it is the same process and the same folder.
 */
import { RiggerApiError } from '@rigger/client';
import { createTagged, wholeLog } from '../lib/sessions.js';
import { dim, line, spent } from '../lib/terminal.js';
import { converse } from '../lib/watch.js';

const OUTAGE = `Deliver this test message to inbox/001.eml:
From: ops@example.com
Subject: Outage of the shop

Urgent: the shop answers every order with an error since 09:12.`;

const LUNCH = `Deliver this test message to inbox/002.eml:
From: ana@example.com
Subject: Lunch on Friday

Pasta or pizza?`;

const CHECK = 'Check the inbox.';

export async function run(rigger, proof) {
  const session = await createTagged(rigger, {
    pattern: 'long-running',
    config: {
      model: 'claude-sonnet-4-5',
      systemPrompt:
        'You watch the folder inbox of your workspace. Asked to check it, summarise every *.eml that is not listed in processed.txt, mark urgent ' +
        'ones, add it to processed.txt, and include the line “<n> new, <u> urgent, <p> processed in total” in your answer. ' +
        'Test messages are to be written to the file they name, and nothing else.',
      allowedTools: ['Bash', 'Read', 'Write', 'Edit'],
    },
    maxIdleTimeMs: 60 * 60_000,
    maxBudgetUsd: 2,
    tags: ['email-monitor'],
    description: 'Watch the inbox',
  });
  line(dim(`  session ${session.id}, ${session.status}`));

  // Nobody has sent a message yet: a long-running session comes up by itself.
  for await (const event of rigger.sessions.follow(session.id)) {
    if (event.type === 'agent.started') line(dim(`  its process is up, SDK session ${event.data.sdkSessionId}`));
    if (event.type === 'session.status_changed' && event.data.status === 'idle') break;
  }
  const resident = await rigger.sessions.get(session.id);

  await converse(rigger, session.id, OUTAGE);
  const first = await converse(rigger, session.id, CHECK);
  await converse(rigger, session.id, LUNCH);
  const second = await converse(rigger, session.id, CHECK);

  const ended = await rigger.sessions.terminate(session.id, { reason: 'user_requested' });
  const again = await rigger.sessions.terminate(session.id, { reason: 'error' });
  const events = await wholeLog(rigger, session.id);
  const started = events.filter(({ type }) => type === 'agent.started');
  const exited = events.filter(({ type }) => type === 'agent.exited');
  const refused = await rigger.sessions.message(session.id, CHECK).catch((error) => error);
  line(dim(`\n  terminated: ${ended.reason}; spent: ${spent(ended.session)}`));

  proof.check('it was up and idle before the first message', resident.status === 'idle' && resident.sessionId !== '');
  proof.check(
    'the first look found one new e-mail, an urgent one',
    first.text.includes('1 new, 1 urgent, 1 processed in total'),
  );
  proof.check(
    'the second found only the new one and still knew the first',
    second.text.includes('1 new, 0 urgent, 2 processed in total'),
  );
  proof.check(
    'one process and one SDK session answered every message',
    started.length === 1 &&
      first.session.sessionId === second.session.sessionId &&
      resident.sessionId === second.session.sessionId,
    second.session.sessionId,
  );
  proof.check(
    'it stayed idle, not completed, after each',
    first.session.status === 'idle' && second.session.status === 'idle',
  );
  proof.check(
    'it ended when told to, and its process with it',
    ended.session.status === 'terminated' && exited.length === 1 && exited[0].data.expected === true,
    `reason ${ended.session.statusReason}`,
  );
  proof.check('ending it twice is fine, and the first reason stays', again.reason === 'user_requested');
  proof.check(
    'an ended session takes no message',
    refused instanceof RiggerApiError && refused.status === 409,
    refused.code,
  );
}
