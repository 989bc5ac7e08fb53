/** A client as people write it: JSON over kept connections. */
import { Agent, type IncomingMessage, request } from 'node:http';

export interface Client {
  /** @throws Error for an answer of 400 and above. */
  call<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<T>;
  /** Events of a session from `after` on, until the returned function is called. */
  follow(session: string, after: number, onEvent: (event: LoggedEvent) => void): Promise<() => void>;
  close(): void;
}

export interface LoggedEvent {
  /** Absent from what is live only. */
  seq?: number;
  type: string;
  at: string;
  turnId: string | null;
  data: Record<string, unknown>;
}

export function makeClient(url: string): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: 1_024 });
  const open = (method: string, path: string, headers: Record<string, string>, body?: string) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const sent = request(new URL(path, url), { method, agent, headers });
      sent.setNoDelay(true);
      sent.once('response', resolve).once('error', reject).end(body);
    });
  return {
    async call<T>(method: string, path: string, body?: unknown, extra: Record<string, string> = {}) {
      const headers = { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...extra };
      const answer = await open(method, path, headers, body === undefined ? undefined : JSON.stringify(body));
      let text = '';
      for await (const part of answer.setEncoding('utf8')) text += part;
      if ((answer.statusCode ?? 500) >= 400) throw new Error(`${method} ${path}: ${answer.statusCode} ${text}`);
      return JSON.parse(text) as T;
    },
    async follow(session, after, onEvent) {
      const answer = await open('GET', `/api/sessions/${session}/events?after=${after}`, {
        accept: 'text/event-stream',
      });
      let rest = '';
      answer.setEncoding('utf8').on('data', (part: string) => {
        const frames = (rest + part).split('\n\n');
        rest = frames.pop() ?? '';
        for (const frame of frames) {
          const data = /^data: (.*)$/m.exec(frame)?.[1];
          if (data !== undefined) onEvent(JSON.parse(data) as LoggedEvent);
        }
      });
      answer.on('error', () => {});
      return () => answer.destroy();
    },
    close: () => agent.destroy(),
  };
}

/** Every stored event of a session, page by page. */
export async function wholeLog(client: Client, session: string): Promise<LoggedEvent[]> {
  const all: LoggedEvent[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const path = `/api/sessions/${session}/events?limit=1000&after=${after}`;
    const page: { events: LoggedEvent[]; next: number | null } = await client.call('GET', path);
    all.push(...page.events);
    after = page.next;
  }
  return all;
}
