/** A log as lines: the time, whose it is, and what it says. */
import type { SessionEvent } from '@rigger/client';
import { brief, clean } from './clean.ts';
import { toned } from './paper.ts';
import { style } from './style.ts';
import { type Paper, Transcript } from './transcript.ts';

const WIDTH = 160;

/** What a transcript leaves out, in a few words. */
const SAID: Record<string, (data: Record<string, unknown>) => string> = {
  'session.created': (data) =>
    `created: ${data.pattern}${data.resumedFrom == null ? '' : `, continues ${data.resumedFrom}`}`,
  'session.placed': (data) => `on runner ${data.runner}, isolation ${data.isolation}`,
  'session.status_changed': (data) =>
    `${data.status}${data.parked === true ? ', parked' : ''}${data.reason == null ? '' : ` (${data.reason})`}`,
  'turn.queued': (data) => `› ${typeof data.prompt === 'string' ? data.prompt : JSON.stringify(data.prompt)}`,
  'turn.started': (data) => `turn started${Number(data.attempt) > 1 ? `, attempt ${data.attempt}` : ''}`,
  'turn.finished': (data) => {
    const error = data.error as { code: string; message: string } | null | undefined;
    return `turn ${data.status}${error == null ? '' : `: ${error.message} (${error.code})`}`;
  },
  'agent.started': (data) => `agent up${data.resumed === true ? `, with ${data.entries} entries of its history` : ''}`,
  'agent.exited': (data) => `agent gone${data.expected === true ? '' : `: ${data.message ?? 'unexpectedly'}`}`,
  'permission.requested': (data) => `? ${data.title ?? data.tool} (${data.id})`,
  'permission.answered': (data) => `${data.status ?? data.behavior}: ${data.tool}, by ${data.answeredBy ?? data.by}`,
};

export class LogPrinter {
  readonly #transcript: Transcript;
  #head = '';
  #printed = 0;

  constructor() {
    const print = (line: string): void => {
      console.log(`${style('dim', this.#head)}${line}`);
      this.#printed += 1;
    };
    const paper: Paper = {
      words: (text) => {
        for (const line of text.trim().split('\n')) print(line);
      },
      endWords: () => {},
      note: (line, tone) => print(toned(line, tone, process.stdout)),
    };
    this.#transcript = new Transcript(paper, false);
  }

  print(event: SessionEvent): void {
    const { at, agent, type, data } = event;
    const who = agent === null || agent === 'main' ? '' : `${agent.padEnd(12)} `;
    this.#head = `${new Date(at).toLocaleTimeString('sv-SE')}  ${who}`;
    this.#printed = 0;
    this.#transcript.take(event);
    if (this.#printed > 0 || type === 'sdk.message') return;
    const said = SAID[type]?.(data) ?? `${type} ${JSON.stringify(data)}`;
    console.log(style('dim', `${this.#head}${brief(clean(said), WIDTH)}`));
  }
}
