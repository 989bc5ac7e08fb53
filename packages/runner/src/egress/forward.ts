/** One HTTP request on its way from a sandbox to a host, with values in the place of placeholders. */
import type { ClientRequest, IncomingMessage, RequestOptions, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { PrivateAddress } from '../protocol/addresses.ts';
import type { Target } from '../protocol/index.ts';
import { explain } from './refusal.ts';
import { type BoundSecret, fillIn, SecretUnavailable, takeOut } from './secrets.ts';

/** Belong to one connection, not to the message (RFC 9110, 7.6.1). */
const HOP_BY_HOP = new Set(
  'connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer transfer-encoding upgrade expect'.split(
    ' ',
  ),
);

export interface Forwarding {
  target: Target;
  /** With its query. */
  path: string;
  secrets: BoundSecret[];
  request(options: RequestOptions): ClientRequest;
  reveal(name: string): Promise<string>;
  refuse(reason: 'private_address' | 'secret_unavailable'): void;
  onSecretUsed(name: string): void;
}

export async function forward(request: IncomingMessage, response: ServerResponse, parts: Forwarding): Promise<void> {
  const { target, secrets, refuse } = parts;
  const say = (status: number, text: string) => {
    if (response.headersSent || response.destroyed) return response.destroy();
    response.writeHead(status, { 'content-type': 'text/plain', connection: 'close' });
    response.end(`${text}\n`);
  };
  const fail = (error: Error) => {
    if (error instanceof PrivateAddress) {
      refuse('private_address');
      say(403, explain(target.host, 'private_address').trimEnd());
    } else if (error instanceof SecretUnavailable) {
      refuse('secret_unavailable');
      say(502, `Rigger cannot put in a secret for ${target.host}: ${error.message}.`);
    } else say(502, `${target.host} cannot be reached: ${error.message}`);
  };
  response.on('error', () => {});
  try {
    const values = new Map<string, string>();
    const filled = await fillIn(endToEnd(request.rawHeaders), parts.path, secrets, async (name) => {
      const value = await parts.reveal(name);
      values.set(secrets.find((secret) => secret.name === name)!.placeholder, value);
      return value;
    });
    for (const name of filled.used) parts.onSecretUsed(name);
    const upstream = parts.request({
      host: target.host,
      port: target.port,
      method: request.method,
      path: filled.path,
      headers: filled.headers,
      setHost: false,
    } as RequestOptions);
    upstream.on('error', fail);
    upstream.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, takeOut(endToEnd(answer.rawHeaders), values));
      response.flushHeaders();
      pipeline(answer, response, () => {});
    });
    response.on('close', () => upstream.destroy());
    pipeline(request, upstream, () => {});
  } catch (error) {
    fail(error as Error);
  }
}

function endToEnd(raw: string[]): string[] {
  const kept: string[] = [];
  for (let index = 0; index < raw.length; index += 2)
    if (!HOP_BY_HOP.has(raw[index]!.toLowerCase())) kept.push(raw[index]!, raw[index + 1]!);
  return kept;
}
