/**
 * What servers tell each other, as payloads of NOTIFY: lines of JSON, as many to a payload as it can hold. A line of a
 * kind that is not known is passed over, so that a newer server may say more.
 */
import { Buffer } from 'node:buffer';
import type { Delta } from '../model/turn.ts';

/** A server is here, or is leaving; `answer` asks whoever hears it to say so too. */
export type Presence = ['hello', answer: boolean] | ['bye'];
/** A session was changed: how far its log goes, who holds it, and whether that runner is to be told something. */
export type Changed = ['changed', session: string, lastSeq: number, runner: string | null, tell: boolean];
export type Deleted = ['deleted', session: string];
/** This server has readers who follow a session live, or has none any more. */
export type Watching = ['watch', session: string, on: boolean];
export type Live = ['delta', session: string, delta: Omit<Delta, 'type'>];
/** Which runners are being emptied has changed. */
export type Draining = ['draining'];
export type Line = Presence | Changed | Deleted | Watching | Live | Draining;

/** @returns payloads below `maxBytes`, in order. A line that is too long by itself is left out: only a delta can be. */
export function encode(from: string, lines: Line[], maxBytes: number): string[] {
  const payloads: string[] = [];
  let payload = from;
  let bytes = Buffer.byteLength(from);
  for (const line of lines) {
    const text = `\n${JSON.stringify(line)}`;
    const size = Buffer.byteLength(text);
    if (Buffer.byteLength(from) + size > maxBytes) continue;
    if (bytes + size > maxBytes) {
      payloads.push(payload);
      payload = from;
      bytes = Buffer.byteLength(from);
    }
    payload += text;
    bytes += size;
  }
  if (payload !== from) payloads.push(payload);
  return payloads;
}

export function decode(payload: string): { from: string; lines: Line[] } {
  const [from = '', ...texts] = payload.split('\n');
  return { from, lines: texts.map((text) => JSON.parse(text) as Line) };
}
