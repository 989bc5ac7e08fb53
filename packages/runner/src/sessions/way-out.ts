/** A session's way out of its sandbox: the proxy, and what programs in there need in order to use it. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { makeAuthority } from '../egress/authority.ts';
import { Egress } from '../egress/proxy.ts';
import type { Exceptions } from '../protocol/addresses.ts';
import { type BoundSecret, type HostPattern, readPattern } from '../protocol/index.ts';
import type { Sandbox } from '../sandbox/index.ts';
import { RefusalLog } from './refusal-log.ts';

export interface WayOutParts {
  sandbox: Sandbox;
  allow: string[];
  secrets: BoundSecret[];
  exceptions: Exceptions;
  reveal(name: string): Promise<string>;
  log(type: string, data: Record<string, unknown>): void;
}

export interface WayOut {
  /** For every process in the sandbox. */
  env: Record<string, string>;
  close(): void;
}

export const NO_WAY_OUT: WayOut = { env: {}, close: () => {} };

/** Programs read these for the certificates they trust; each wants a whole bundle. */
const BUNDLE_VARIABLES = [
  'SSL_CERT_FILE', 'CURL_CA_BUNDLE', 'GIT_SSL_CAINFO', 'REQUESTS_CA_BUNDLE', 'PIP_CERT', 'CARGO_HTTP_CAINFO', 'AWS_CA_BUNDLE',
  'DENO_CERT',
]; // biome-ignore format: a list
const SYSTEM_BUNDLES = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/cert.pem'];

const patterns = (hosts: string[]): HostPattern[] => hosts.flatMap((host) => readPattern(host) ?? []);

/** Opens what a session may reach; where that is nothing, there is no way at all. */
export async function openWayOut({ sandbox, allow, secrets, exceptions, reveal, log }: WayOutParts): Promise<WayOut> {
  if (allow.length === 0) return { env: secretVariables(secrets), close: () => {} };
  const server = await sandbox.listen();
  const refusals = new RefusalLog((data) => log('egress.refused', data));
  const authority = secrets.length === 0 ? null : await makeAuthority('Rigger sandbox');
  const told = new Set<string>();
  const egress = new Egress({
    server,
    allow: patterns(allow),
    exceptions,
    secrets: secrets.map(({ name, placeholder, hosts }) => ({ name, placeholder, hosts: patterns(hosts) })),
    reveal,
    authority,
    onRefused: (refusal) => refusals.add(refusal),
    onSecretUsed: (secret, host) => {
      if (told.has(`${secret} ${host}`)) return;
      told.add(`${secret} ${host}`);
      log('secret.used', { secret, host });
    },
  });
  const proxy = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const trust = authority === null ? null : writeTrust(sandbox, authority.certificate);
  return {
    env: {
      ...both('HTTP_PROXY', proxy),
      ...both('HTTPS_PROXY', proxy),
      ...both('ALL_PROXY', proxy.replace('http', 'socks5h')),
      ...both('NO_PROXY', 'localhost,127.0.0.1,::1'),
      // Node's own clients take no proxy from the environment unless told to.
      NODE_USE_ENV_PROXY: '1',
      ...trust?.env,
      ...secretVariables(secrets),
      ...gitVariables(secrets),
    },
    close() {
      refusals.close();
      egress.close();
      trust?.remove();
    },
  };
}

const both = (name: string, value: string) => ({ [name]: value, [name.toLowerCase()]: value });

const secretVariables = (secrets: BoundSecret[]): Record<string, string> =>
  Object.fromEntries(secrets.flatMap(({ env, placeholder }) => (env === null ? [] : [[env, placeholder]])));

/** The authority's certificate alone, for programs that add it to their own, and the machine's bundle with it, for the others. */
function writeTrust(sandbox: Sandbox, certificate: string) {
  const outside = dirname(sandbox.hostSocketPath);
  const inside = dirname(sandbox.socketPath);
  const files = { 'ca.pem': certificate, 'ca-bundle.pem': `${systemBundle()}\n${certificate}` };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(outside, name), text, { mode: 0o644 });
  const bundle = join(inside, 'ca-bundle.pem');
  return {
    env: {
      NODE_EXTRA_CA_CERTS: join(inside, 'ca.pem'),
      ...Object.fromEntries(BUNDLE_VARIABLES.map((name) => [name, bundle])),
    },
    remove() {
      for (const name of Object.keys(files)) rmSync(join(outside, name), { force: true });
    },
  };
}

function systemBundle(): string {
  for (const path of SYSTEM_BUNDLES)
    try {
      return readFileSync(path, 'utf8');
    } catch {} // not this system's
  return rootCertificates.join('\n');
}

/** Git asks for a password by a helper of its own for each host, and is given the placeholder. */
export function gitVariables(secrets: BoundSecret[]): Record<string, string> {
  const settings = secrets.flatMap(({ git, hosts, placeholder }) =>
    git === null
      ? []
      : hosts.map((host): [string, string] => [
          `credential.${gitUrl(host)}.helper`,
          `!f() { test "$1" = get && echo username=${git} && echo password=${placeholder}; }; f`,
        ]),
  );
  if (settings.length === 0) return {};
  const entries = settings.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return { ...Object.fromEntries(entries), GIT_CONFIG_COUNT: String(settings.length), GIT_TERMINAL_PROMPT: '0' };
}

const gitUrl = (host: string): string => {
  const [, scheme = 'https', rest = ''] = /^(?:(https?):\/\/)?(.*)$/.exec(host) ?? [];
  return `${scheme}://${rest.replace(scheme === 'https' ? /:443$/ : /:80$/, '')}`;
};
