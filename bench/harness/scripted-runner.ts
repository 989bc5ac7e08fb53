/**
 * A runner that speaks the real protocol and runs no agent: it takes sessions, answers turns at once, and reports
 * whatever events a measure wants. It shows what the server can take, without the cost of agents beside it.
 */
import {
  type FromRunner,
  type FromServer,
  type Item,
  PROTOCOL_VERSION,
  RUNNER_SOCKET_PATH,
} from '@rigger/runner/protocol';
import WebSocket from 'ws';
import type { Server } from './server.ts';

export interface HeldSession {
  session: string;
  epoch: number;
  batch: number;
  /** Opens the model gateway for it. */
  token: string;
}

export interface ScriptedRunner {
  /** Resolves when the server has given it this session. */
  held(session: string): Promise<HeldSession>;
  /** Sends the session's next batch; resolves when the server has committed it. One at a time for each session, as real runners do. */
  commit(held: HeldSession, items: readonly Item[]): Promise<void>;
  close(): Promise<void>;
}

const key = (session: string, batch: number) => `${session} ${batch}`;

export async function joinAsRunner(
  server: Pick<Server, 'url' | 'runnerToken'>,
  capacity: number,
): Promise<ScriptedRunner> {
  const socket = new WebSocket(new URL(RUNNER_SOCKET_PATH, server.url.replace(/^http/, 'ws')), {
    headers: { authorization: `Bearer ${server.runnerToken}` },
    perMessageDeflate: false,
  });
  const sessions = new Map<string, HeldSession>();
  const awaited = new Map<string, (held: HeldSession) => void>();
  const acks = new Map<string, () => void>();
  const welcome = Promise.withResolvers<void>();
  let heartbeat: NodeJS.Timeout | undefined;
  const say = (message: FromRunner) => socket.send(JSON.stringify(message));

  const commit = (held: HeldSession, items: readonly Item[]) =>
    new Promise<void>((resolve) => {
      held.batch += 1;
      acks.set(key(held.session, held.batch), resolve);
      say({ type: 'batch', session: held.session, epoch: held.epoch, batch: held.batch, items: [...items] });
    });

  async function answer(held: HeldSession, turn: string): Promise<void> {
    const at = new Date().toISOString();
    await commit(held, [{ kind: 'turn_started', turn, agent: 'main', at }]);
    await commit(held, [
      {
        kind: 'turn_finished', turn, agent: 'main', at, outcome: 'succeeded', result: null, error: null,
        costUsd: 0, tokens: 0, numTurns: 1, text: 'Done.', toolsUsed: [],
      }, // biome-ignore format: one turn's end
    ]);
  }

  function take(message: FromServer): void {
    if (message.type === 'welcome') {
      heartbeat = setInterval(() => say({ type: 'heartbeat' }), message.heartbeatMs);
      welcome.resolve();
    } else if (message.type === 'open') {
      const { session, epoch, gatewayToken: token } = message.spec;
      const held = { session, epoch, batch: 0, token };
      sessions.set(session, held);
      awaited.get(session)?.(held);
    } else if (message.type === 'turn') {
      const held = sessions.get(message.session);
      if (held !== undefined) void answer(held, message.turn.id);
    } else if (message.type === 'ack') {
      const name = key(message.session, message.batch);
      acks.get(name)?.();
      acks.delete(name);
    } else if (message.type === 'release') {
      sessions.delete(message.session);
      say({ type: 'released', session: message.session, epoch: message.epoch });
    }
  }

  socket.on('message', (data) => take(JSON.parse(String(data)) as FromServer));
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  say({
    type: 'hello', protocol: PROTOCOL_VERSION, runner: 'bench', instance: 'bench', version: '0', capacity, labels: [], isolation: 'none', sessions: [], folders: [],
      features: [],
  }); // biome-ignore format: one message
  await welcome.promise;
  return {
    commit,
    held: (session) => {
      const held = sessions.get(session);
      return held !== undefined ? Promise.resolve(held) : new Promise((resolve) => awaited.set(session, resolve));
    },
    close: () =>
      new Promise((resolve) => {
        clearInterval(heartbeat);
        socket.once('close', () => resolve());
        socket.close(1000);
      }),
  };
}
