/**
 * Many readers of event streams, in a process of their own. Each event carries the monotonic time at which its runner sent it;
 * that clock is one for all processes of a machine.
 */
import { type ClientRequest, get } from 'node:http';
import WebSocket from 'ws';
import { percentile } from './statistics.ts';

export type Wire = 'sse' | 'websocket';
export type ReadersHear =
  | { follow: { url: string; sessions: string[]; clients: number; wire: Wire } }
  | 'reset'
  | 'summary'
  | 'stop';
export type ReadersSay =
  | 'ready'
  | 'reset'
  | { received: number; dropped: number; p50: number; p99: number; max: number };

/** What a browser sends beside: it is part of what a connection costs. */
const BROWSER = {
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36',
  'accept-language': 'en-GB,en;q=0.9,de;q=0.8',
  'accept-encoding': 'gzip, deflate, br, zstd',
  'cache-control': 'no-cache',
  'sec-ch-ua': '"Chromium";v="148", "Google Chrome";v="148", "Not?A_Brand";v="24"',
  'sec-ch-ua-mobile': '?0',
  'sec-ch-ua-platform': '"Linux"',
  'sec-fetch-site': 'same-origin',
  'sec-fetch-mode': 'cors',
  'sec-fetch-dest': 'empty',
  dnt: '1',
};
const MARK = '"sentAt":';
const say = (message: ReadersSay) => process.send?.(message);
let latencies: number[] = [];
let dropped = 0;
const open: (ClientRequest | WebSocket)[] = [];

/** Resolves with the first bytes of the log: from then on the stream is there. */
function follow(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = get(url, { headers: { accept: 'text/event-stream', ...BROWSER }, agent: false }, (answer) => {
      answer.setEncoding('latin1');
      let rest = '';
      answer.on('data', (part: string) => {
        resolve();
        const now = Number(process.hrtime.bigint()) / 1e6;
        const text = rest + part;
        let from = 0;
        for (let at = text.indexOf(MARK); at >= 0; at = text.indexOf(MARK, from)) {
          const end = text.indexOf('}', at);
          if (end < 0) break;
          latencies.push(now - Number(text.slice(at + MARK.length, end)));
          from = end;
        }
        rest = text.slice(Math.max(from, text.lastIndexOf('\n\n')));
      });
      answer.on('close', () => {
        dropped += 1;
      });
    });
    request.on('error', reject);
    open.push(request);
  });
}

/** The same over a WebSocket, for readers that are only to be there. */
function followSocket(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url.replace('http', 'ws').replace(/events$/, 'ws'), { headers: BROWSER });
    socket.on('message', () => resolve());
    socket.on('close', () => {
      dropped += 1;
    });
    socket.on('error', reject);
    open.push(socket);
  });
}

process.on('message', async (heard: ReadersHear) => {
  if (typeof heard === 'object') {
    const { url, sessions, clients, wire } = heard.follow;
    const start = wire === 'sse' ? follow : followSocket;
    const urls = Array.from(
      { length: clients },
      (_, n) => `${url}/api/sessions/${sessions[n % sessions.length]}/events`,
    );
    // A hundred at a time: an honest crowd, and no SYN flood.
    for (let from = 0; from < urls.length; from += 100) await Promise.all(urls.slice(from, from + 100).map(start));
    say('ready');
  } else if (heard === 'reset') {
    latencies = [];
    say('reset');
  } else if (heard === 'summary') {
    const max = latencies.reduce((most, one) => Math.max(most, one), 0);
    say({ received: latencies.length, dropped, p50: percentile(latencies, 50), p99: percentile(latencies, 99), max });
  } else process.exit(0);
});
process.once('disconnect', () => process.exit(0));
