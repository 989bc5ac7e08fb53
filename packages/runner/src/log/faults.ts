/** Errors told to Sentry, or to whatever takes its protocol: what goes out is the error and its place, and nothing of requests. */
import {
  createEventEnvelope,
  createStackParser,
  eventFromUnknownInput,
  getEnvelopeEndpointWithUrlEncodedAuth,
  makeDsn,
  serializeEnvelope,
} from '@sentry/core';
import { nodeStackLineParser } from '@sentry/core/server';
import { redact } from './redact.ts';

export interface Fault {
  error: unknown;
  /** What the log says of it. */
  message: string;
  /** Ids that it is about: of a session, a request, a runner. */
  about: Record<string, string>;
}

const PATIENCE_MS = 5_000;
/** So many a minute: a fault that repeats itself must not become a flood. */
const MOST_PER_MINUTE = 60;

/** @throws Error for what is no DSN. */
export function makeReporter(dsnText: string, release: string): (fault: Fault) => void {
  const dsn = makeDsn(dsnText);
  if (dsn === undefined) throw new Error('SENTRY_DSN is no DSN, as https://key@host/project is one.');
  const url = getEnvelopeEndpointWithUrlEncodedAuth(dsn);
  const stackParser = createStackParser(nodeStackLineParser());
  let minute = 0;
  let sent = 0;
  return ({ error, message, about }) => {
    const now = Math.floor(Date.now() / 60_000);
    if (now !== minute) sent = 0;
    minute = now;
    sent += 1;
    if (sent > MOST_PER_MINUTE) return;
    const event = {
      ...eventFromUnknownInput(undefined as never, stackParser, error),
      event_id: crypto.randomUUID().replaceAll('-', ''),
      timestamp: Date.now() / 1_000,
      level: 'error' as const,
      platform: 'node',
      release,
      tags: about,
      extra: { message },
    };
    const body = redact(String(serializeEnvelope(createEventEnvelope(event, dsn))));
    const headers = { 'content-type': 'application/x-sentry-envelope' };
    // Whoever is told of faults must not be one.
    fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(PATIENCE_MS) }).catch(() => {});
  };
}
