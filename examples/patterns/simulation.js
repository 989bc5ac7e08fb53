/**
 * Single-container: three agents with conversations of their own in one sandbox, over one workspace. They write to each
 * other with the tool send_message, which Rigger gives to every agent of such a session.
 */
import { createTagged } from '../lib/sessions.js';
import { dim, line, spent } from '../lib/terminal.js';
import { show } from '../lib/watch.js';

const player = (name) => ({
  description: 'Picks a number',
  systemPrompt:
    `You are ${name}. Asked for your move by the coordinator, pick a number between 1 and 100, write it to moves/${name}.txt, and send the ` +
    `coordinator one message with it. Other messages need no answer.`,
  allowedTools: ['Bash', 'Write'],
});
const NAMES = ['coordinator', 'player1', 'player2'];
/** What belongs to the session as a whole names no agent. */
const isOfAnAgent = ({ type }) => !/^(session|limit)\./.test(type);

export async function run(rigger, proof) {
  const session = await createTagged(rigger, {
    pattern: 'single-container',
    config: {
      model: 'claude-sonnet-4-5',
      maxTurns: 20,
      allowedTools: ['Bash', 'Read', 'Write'],
      customAgents: {
        coordinator: {
          description: 'Runs the game',
          systemPrompt:
            'You run a game. Asked to start it, send each player one message asking for a number between 1 and 100, and end your turn. Their answers ' +
            'come as messages. When both files in moves/ are there, write “Winner: <name>” (the higher number) to result.md and say it.',
        },
        player1: player('player1'),
        player2: player('player2'),
      },
    },
    maxLifetimeMs: 30 * 60_000,
    maxBudgetUsd: 3,
    tags: ['simulation'],
    description: 'The higher number wins',
  });
  line(dim(`  session ${session.id}, ${session.status}\n`));

  await rigger.sessions.queue(session.id, 'Start the game.');
  const events = [];
  const deltas = [];
  let decision = null;
  for await (const event of rigger.sessions.follow(session.id, { deltas: true })) {
    // Pieces of words: they are live only, have no number, and are not printed here, for whole messages follow.
    if (event.type === 'sdk.delta') {
      deltas.push(event);
      continue;
    }
    events.push(event);
    if (event.type === 'agent.started')
      line(dim(`  ${event.agent.padEnd(11)} is up, SDK session ${event.data.sdkSessionId}`));
    if (event.type === 'agent.message_sent') line(`  ${event.agent.padEnd(11)} ✉ ${event.data.to}: ${event.data.text}`);
    if (event.type === 'turn.finished' && event.data.status !== 'succeeded')
      throw new Error(`A turn of ${event.agent} ${event.data.status}: ${event.data.error?.message}`);
    if (event.type === 'sdk.message') {
      if (event.data.type === 'result' && event.agent === 'coordinator')
        decision = /Winner: [^\n]+/.exec(event.data.result ?? '')?.[0] ?? decision;
      else show(event.data, event.agent);
    }
    // Idle: every queued turn of every agent is done.
    if (
      event.type === 'session.status_changed' &&
      event.data.status === 'idle' &&
      events.some(({ type }) => type === 'turn.finished')
    )
      break;
  }

  const { session: ended } = await rigger.sessions.terminate(session.id, { reason: 'user_requested' });
  const sent = events
    .filter(({ type }) => type === 'agent.message_sent')
    .map(({ agent, data }) => `${agent} → ${data.to}`);
  const sdkSessions = new Set(
    events.filter(({ type }) => type === 'agent.started').map(({ data }) => data.sdkSessionId),
  );
  line(dim(`\n  spent: ${spent(ended)}`));

  proof.check(
    'the coordinator decided, from files that the players wrote',
    decision !== null,
    decision ?? 'no decision',
  );
  proof.check('three agents with a conversation of their own', sdkSessions.size === NAMES.length);
  proof.check(
    'the coordinator wrote to both players',
    NAMES.slice(1).every((name) => sent.includes(`coordinator → ${name}`)),
  );
  proof.check(
    'and both wrote back',
    NAMES.slice(1).every((name) => sent.includes(`${name} → coordinator`)),
    sent.join(', '),
  );
  proof.check(
    'every event of an agent names its agent',
    [...events.filter(isOfAnAgent), ...deltas].every(({ agent }) => NAMES.includes(agent)),
    `${events.filter(isOfAnAgent).length} events, ${deltas.length} live deltas`,
  );
  proof.check(
    'the log has no gap',
    events.every(({ seq }, index) => seq === index + 1),
    `${events.length} events`,
  );
  proof.check('all of them ended with the session', ended.status === 'terminated');
}
