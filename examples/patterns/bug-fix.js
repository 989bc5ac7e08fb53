/**
 * Ephemeral: one job, then over. The workspace of a new session is empty, so the task brings its project along:
 * the agent writes it, sees its test fail, repairs it, and sees the test pass. All of that really runs.
 */
import { RiggerApiError } from '@rigger/client';
import { createTagged } from '../lib/sessions.js';
import { dim, line, spent } from '../lib/terminal.js';
import { converse } from '../lib/watch.js';

const TASK = `Fix a bug in the small project login-timeout. Write it first, exactly as it stands here:

package.json:
{ "name": "login-timeout", "private": true, "type": "module" }

src/login.js:
const LIFETIME_MINUTES = 30;

/** Whether a login made at \`since\` has timed out by \`now\`; both in milliseconds. */
export function hasTimedOut(since, now) {
  return now - since > LIFETIME_MINUTES * 60;
}

test/login.test.js:
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasTimedOut } from '../src/login.js';

const minutes = (count) => count * 60_000;

test('a login holds for half an hour', () => {
  assert.equal(hasTimedOut(0, minutes(29)), false);
});

test('a login holds no longer than that', () => {
  assert.equal(hasTimedOut(0, minutes(31)), true);
});

Then run \`node --test\` to see it fail, find the cause in src/login.js, repair it there, and run the tests again.`;

export async function run(rigger, proof) {
  const session = await createTagged(rigger, {
    pattern: 'ephemeral',
    config: {
      model: 'claude-sonnet-4-5',
      systemPrompt:
        'You fix bugs. See the failure first, change as little as possible, and prove the repair by running the tests.',
      maxTurns: 20,
      allowedTools: ['Read', 'Write', 'Edit', 'Bash'],
    },
    maxBudgetUsd: 0.5,
    tags: ['bug-fix'],
    description: 'Fix the login time-out',
  });
  line(dim(`  session ${session.id}, ${session.status}`));

  const { toolResults, cost } = await converse(rigger, session.id, TASK);

  const after = await rigger.sessions.get(session.id);
  const refused = await rigger.sessions.message(session.id, 'One more thing').catch((error) => error);
  const runs = toolResults.filter((result) => /\bfail \d/.test(result));
  line(dim(`\n  spent: ${spent(after)}`));

  proof.check('the tests failed before the repair', /\bfail [1-9]/.test(runs.at(0)));
  proof.check('and pass after it', /\bfail 0\b/.test(runs.at(-1)));
  proof.check(
    'the session completed by itself',
    after.status === 'completed' && after.completedAt !== null,
    `status ${after.status}`,
  );
  proof.check(
    'what it cost is known, and is the cost of its one turn',
    after.totalCost > 0 && after.totalCost === cost,
    spent(after),
  );
  proof.check(
    'the tools it used are recorded',
    ['Write', 'Edit', 'Bash'].every((tool) => after.toolsUsed.includes(tool)),
  );
  proof.check(
    'a completed session takes no further message',
    refused instanceof RiggerApiError && refused.status === 409 && refused.code === 'session_not_active',
    `${refused.status} ${refused.code}`,
  );
  line(
    dim('\n  The server deletes it with its files when its retention is over: after one minute, unless set otherwise.'),
  );
}
