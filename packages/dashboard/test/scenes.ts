/** Sessions of every kind on a real server, for tests and pictures of the page. What agents say is in `scenarios/`. */
import { fileURLToPath } from 'node:url';
import { startOfflineModel } from '@rigger/offline-model';
import type { SessionMetadata } from '@rigger/server/types';
import { type Rigger, startRigger } from '../../rigger/test/harness.ts';
import type { Receiver } from '../../rigger/test/receiver.ts';

export interface Stage {
  rigger: Rigger;
  close(): Promise<void>;
}

const SCENARIOS = fileURLToPath(new URL('./scenarios', import.meta.url));

/** A server whose agents know the words of the scenarios. */
export async function startStage(settings: Record<string, string> = {}): Promise<Stage> {
  const model = await startOfflineModel({ scenarioDirs: [SCENARIOS] });
  try {
    const rigger = await startRigger({ ANTHROPIC_BASE_URL: model.url, ANTHROPIC_API_KEY: 'offline', ...settings });
    return {
      rigger,
      async close() {
        await rigger.stop();
        await model.close();
      },
    };
  } catch (error) {
    await model.close();
    throw error;
  }
}

const CART = `/** What is in a cart, and what it comes to. */
export function add(items, item) {
  return [...items, item];
}

export function total(items) {
  let sum = 0;
  for (const { price, quantity } of items) sum += Math.round(price) * quantity;
  return sum;
}
`;
const CART_TEST = `import assert from 'node:assert';
import { test } from 'node:test';
import { total } from '../src/cart.js';

test('a cart with cents', () => assert.equal(total([{ price: 0.4, quantity: 3 }]), 1.2));
test('an empty cart', () => assert.equal(total([]), 0));
`;
const PACKAGE = `{
  "name": "cart",
  "version": "1.3.0",
  "license": "MIT",
  "type": "module"
}
`;
/** A picture of one blue pixel. */
export const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkSPhfDwAEGAHaJ2eMHQAAAABJRU5ErkJggg==';

export async function putFile(rigger: Rigger, id: string, path: string, body: string | Uint8Array): Promise<void> {
  const answer = await fetch(`${rigger.url}/api/sessions/${id}/files/${path}`, {
    method: 'PUT',
    body: body as BodyInit,
  });
  if (!answer.ok) throw new Error(`PUT ${path}: ${answer.status} ${await answer.text()}`);
}

const TOOLS = ['Bash', 'Read', 'Write', 'Edit', 'Glob', 'Grep', 'Task'];
const thinking = { type: 'enabled', budget_tokens: 2_000 };

/** Puts the little project into a session's workspace. */
export async function fill(rigger: Rigger, id: string): Promise<void> {
  await putFile(rigger, id, 'src/cart.js', CART);
  await putFile(rigger, id, 'test/cart.test.js', CART_TEST);
  await putFile(rigger, id, 'package.json', PACKAGE);
  await putFile(rigger, id, 'docs/pixel.png', Buffer.from(PIXEL, 'base64'));
}

export const hybrid = (rigger: Rigger, more: object = {}, config: object = {}): Promise<SessionMetadata> =>
  rigger.create({ pattern: 'hybrid', config: { allowedTools: TOOLS, thinking, ...config }, ...more });

/** A session in which a bug was found and mended: every common tool, a failing test, a second message. */
export async function bugFix(rigger: Rigger): Promise<SessionMetadata> {
  const session = await hybrid(rigger, {
    description: 'Mend the totals of the cart',
    tags: ['bug-fix', 'checkout'],
    maxBudgetUsd: 0.4,
    maxTurns: 40,
    maxIdleTimeMs: 3_600_000,
    userId: 'dana',
  });
  await fill(rigger, session.id);
  await rigger.say(session.id, 'The totals of the cart are wrong when prices have cents. Find out why and mend it.');
  await rigger.say(session.id, 'Thanks! Compare the three loggers we could use; the totals of the cart can wait.');
  return session;
}

/** One that waits for leave, with the request on the screen. */
export async function waiting(rigger: Rigger, prompt = 'Please publish the package.'): Promise<SessionMetadata> {
  const session = await hybrid(
    rigger,
    { description: 'Publish cart 1.4.0 to the registry', tags: ['release'] },
    { allowedTools: ['Read', 'Glob'] },
  );
  await fill(rigger, session.id);
  await rigger.call('POST', `/api/sessions/${session.id}/message`, { prompt }, { prefer: 'respond-async' });
  await rigger.until(session.id, ({ type }) => type === 'permission.requested');
  return session;
}

/** Three agents in one sandbox, of whom each has something to say. */
export async function crew(rigger: Rigger): Promise<SessionMetadata> {
  const session = await rigger.create({
    pattern: 'single-container',
    description: 'Release 1.4.0, with a writer and a tester',
    config: {
      allowedTools: TOOLS,
      systemPrompt: 'You coordinate a release.',
      customAgents: {
        writer: { systemPrompt: 'You write', description: 'Writes the release notes', allowedTools: TOOLS },
        tester: { systemPrompt: 'You test', description: 'Runs every test', allowedTools: TOOLS },
      },
    },
  });
  await rigger.say(session.id, 'Let us plan the release.');
  await rigger.until(
    session.id,
    ({ type, data }) => type === 'session.status_changed' && data.status === 'idle' && data.cause === 'turns_done',
  );
  return session;
}

/** One whose model refuses. */
export async function broken(rigger: Rigger): Promise<SessionMetadata> {
  const session = await rigger.create({ pattern: 'ephemeral', description: 'Describe the picture', config: {} });
  await rigger.say(session.id, 'Now ask the broken model about the picture.');
  return session;
}

/** One that works until somebody stops it. */
export async function busy(rigger: Rigger): Promise<SessionMetadata> {
  const session = await hybrid(rigger, {
    description: 'Watch the logs of the checkout service for errors that come after the deployment of Tuesday night',
    tags: ['watch'],
  });
  await rigger.call(
    'POST',
    `/api/sessions/${session.id}/message`,
    { prompt: 'Please work until I stop you.' },
    { prefer: 'respond-async' },
  );
  await rigger.until(
    session.id,
    ({ type, data }) => type === 'sdk.message' && JSON.stringify(data).includes('tool_use'),
  );
  return session;
}

/** One whose budget is spent, and which waits for more. */
export async function paused(rigger: Rigger): Promise<SessionMetadata> {
  const session = await hybrid(rigger, {
    description: 'Summarise the changes of the week',
    maxBudgetUsd: 0.01,
    onBudget: 'pause',
  });
  await rigger.say(session.id, 'Summarise them.').catch(() => {});
  return session;
}

/** Schedules of every kind, of which one has run; and webhooks, of which one is taken and one is refused. */
export async function automation(rigger: Rigger, receiver: Receiver, session: SessionMetadata): Promise<void> {
  const post = async (path: string, body?: object) => (await rigger.call('POST', path, body)).body;
  receiver.secrets.set('/wrong', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
  await post('/api/webhooks', {
    url: `${receiver.url}/chat`,
    events: ['turn.finished', 'permission.requested', 'budget.warning'],
    description: 'Tells the team’s chat',
  });
  await post('/api/webhooks', { url: `${receiver.url}/wrong`, description: 'The data warehouse' });
  const off = await post('/api/webhooks', { url: `${receiver.url}/old/receiver/with/a/long/path/that/does/not/fit` });
  await rigger.call('PATCH', `/api/webhooks/${off.id}`, { enabled: false });
  const report = await post('/api/schedules', {
    name: 'Morning report',
    cron: '30 8 * * mon-fri',
    timezone: 'Europe/Berlin',
    target: { create: { pattern: 'ephemeral', maxBudgetUsd: 1, description: 'Morning report' } },
    prompt: 'Write the morning report: what came in over night, and what is late.',
  });
  const nudge = { target: { sessionId: session.id }, prompt: 'Anything new?', overlap: 'queue' };
  await post('/api/schedules', { name: 'Look after the cart', cron: '0 */4 * * *', ...nudge });
  await post('/api/schedules', { name: 'End of the year', at: '2040-12-31T18:00:00Z', ...nudge });
  const odd = await post('/api/schedules', {
    name: 'Every quarter of an hour',
    cron: '*/15 9-17 * * mon-fri',
    ...nudge,
  });
  await post(`/api/schedules/${odd.id}/pause`);
  for (let n = 0; n < 3; n += 1) {
    await post(`/api/schedules/${report.id}/run`);
    await receiver.until(
      () => receiver.received.filter((one) => one.path === '/chat' && one.event.type === 'turn.finished').length > n,
    );
  }
}

/** A log of so many events, made of one real turn said again and again. */
export async function longLog(rigger: Rigger, events: number): Promise<SessionMetadata> {
  const session = await hybrid(rigger, { description: `A long watch of ${events} events`, tags: ['long'] });
  await fill(rigger, session.id);
  await rigger.say(session.id, 'The totals of the cart are wrong when prices have cents. Find out why and mend it.');
  await rigger.until(session.id, ({ type, data }) => type === 'session.status_changed' && data.status === 'idle');
  const whole = await rigger.events(session.id);
  const turn = whole.filter(({ type, turnId }) => turnId !== null && /^(turn\.|sdk\.)/.test(type));
  const rows: { seq: number; type: string; at: string; agent: string | null; turn: string; data: string }[] = [];
  for (let seq = whole.length; seq < events; ) {
    const round = Math.floor(rows.length / turn.length);
    for (const event of turn) {
      seq += 1;
      // Every round has names of its own, or its results would go to the calls of the first.
      const data = JSON.stringify(event.data).replace(/(toolu|msg)_([0-9a-f]+)/g, `$1_$2x${round}`);
      rows.push({ seq, type: event.type, at: event.at, agent: event.agent, turn: `${event.turnId}x${round}`, data });
      if (seq >= events) break;
    }
  }
  await rigger.sql(
    `INSERT INTO session_events (session_id, seq, type, at, agent, turn_id, data)
     SELECT $1, seq, type, at, agent, turn, data::json
     FROM json_to_recordset($2) AS row (seq bigint, type text, at timestamptz, agent text, turn text, data text)`,
    [session.id, JSON.stringify(rows)],
  );
  await rigger.sql('UPDATE agent_sessions SET last_event_seq = $2 WHERE id = $1', [session.id, events]);
  return rigger.get(session.id);
}
