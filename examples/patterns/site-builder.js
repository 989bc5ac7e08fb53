/**
 * Long-running, ended by a limit: a page is built, then changed by a second message in the same workspace. Then nobody
 * writes any more, and the limit on idle time, set by PATCH while the session lives, ends it and frees its process.
 */
import { createTagged } from '../lib/sessions.js';
import { dim, line, spent } from '../lib/terminal.js';
import { converse } from '../lib/watch.js';

const HEADLINE = 'Fresh bread since 1921';
const IDLE_MS = 1_000;

export async function run(rigger, proof) {
  const session = await createTagged(rigger, {
    pattern: 'long-running',
    config: {
      model: 'claude-sonnet-4-5',
      systemPrompt: 'You build small static sites: index.html and style.css in the workspace, no frameworks.',
      maxTurns: 20,
      allowedTools: ['Read', 'Write', 'Edit', 'Bash'],
    },
    maxBudgetUsd: 2,
    tags: ['site-builder'],
    description: 'A page for the bakery',
  });
  line(dim(`  session ${session.id}, ${session.status}`));

  const built = await converse(rigger, session.id, 'Build a landing page for a bakery.');
  const changed = await converse(rigger, session.id, `Change the headline of the page to “${HEADLINE}”.`);

  line(`\n  Nobody writes any more: idle time is now limited to ${IDLE_MS} ms.`);
  const limited = await rigger.sessions.update(session.id, {
    maxIdleTimeMs: IDLE_MS,
    description: 'A page for the bakery, finished',
  });
  let exceeded = null;
  for await (const event of rigger.sessions.follow(session.id, { after: limited.lastEventSeq })) {
    line(dim(`  ${event.type} ${event.data.limit ?? event.data.status ?? ''}`));
    if (event.type === 'limit.exceeded') exceeded = event;
    if (event.type === 'agent.exited') break;
  }
  const after = await rigger.sessions.get(session.id);
  const idleMs = Date.parse(after.terminatedAt) - Date.parse(changed.session.lastActivityAt);
  line(dim(`  spent: ${spent(after)}`));

  proof.check(
    'the page was written and then edited',
    built.session.toolsUsed.includes('Write') && /Read|Edit/.test(changed.session.toolsUsed.join()),
  );
  proof.check('the second message worked on the files of the first', changed.text.includes(HEADLINE), HEADLINE);
  proof.check('one SDK session did both', built.session.sessionId === changed.session.sessionId);
  proof.check(
    'PATCH changed limit and description',
    limited.maxIdleTimeMs === IDLE_MS && limited.description.endsWith('finished'),
  );
  proof.check(
    'the limit on idle time ended it and its process',
    exceeded?.data.limit === 'idle' && after.status === 'terminated' && after.statusReason === 'idle_timeout',
    `${after.statusReason} after ${idleMs} ms`,
  );
}
