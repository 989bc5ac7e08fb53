/**
 * Which hosts are meant: patterns as data, and the decisions over them. Pure. Names are decided here; the addresses they lead
 * to are looked at where it is connected.
 *
 * A pattern is `host`, `host:port`, `*.host` (any name below it, not itself), an address, or `*` (any name). Without a port it
 * means 80 and 443; `:*` means any. `http://host:port` is the same for a secret that may travel unencrypted.
 */
import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';

export interface HostPattern {
  /** Lower-case and in ASCII, without the `*.`; empty for any. */
  host: string;
  below: boolean;
  /** null for any. */
  ports: number[] | null;
  plain: boolean;
}

export interface Target {
  /** A name in lower-case ASCII, or an address without brackets. */
  host: string;
  port: number;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i;
/** Whether a host, as it is listened on or written in an address, can be reached from its own machine alone. */
export const isLoopback = (host: string): boolean => LOOPBACK.test(host);

const WEB = [80, 443];
/** A name as resolvers take it: no trailing dot, no empty or overlong label. Underscores are used by some services. */
const NAME = /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*$/;

/** A host as clients write it, made comparable; null for what is neither a name nor an address. */
export function readHost(text: string): string | null {
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  if (isIP(bare) !== 0) return bare.includes('%') ? null : bare.toLowerCase();
  const ascii = domainToASCII(bare);
  // `domainToASCII` reads 0x7f.1 and 2130706433 as addresses and 。 as a dot; what it changes beyond case is not what was asked for.
  const same = ascii === bare.toLowerCase() || ascii.includes('xn--');
  return same && NAME.test(ascii) && !/^[\d.]+$/.test(ascii) && !/^0x/.test(ascii) ? ascii : null;
}

/** `host:port`, `[address]:port` or a host alone. */
export function readAuthority(text: string, defaultPort: number | null): Target | null {
  const parts = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(text);
  if (parts === null) return null;
  const host = readHost(parts[1] ?? '');
  const port = parts[2] === undefined ? defaultPort : Number(parts[2]);
  return host === null || port === null || port < 1 || port > 65_535 ? null : { host, port };
}

/** @returns null for what is no pattern. */
export function readPattern(text: string): HostPattern | null {
  const plain = text.startsWith('http://');
  const parts = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}|\*))?$/.exec(text.replace(/^https?:\/\//, ''));
  if (parts === null) return null;
  const [, written = '', port] = parts;
  const ports = port === '*' ? null : port === undefined ? WEB : [Number(port)];
  if (ports?.some((number) => number < 1 || number > 65_535)) return null;
  if (written === '*') return { host: '', below: true, ports, plain };
  const below = written.startsWith('*.');
  const host = readHost(below ? written.slice(2) : written);
  if (host === null || (below && isIP(host) !== 0)) return null;
  return { host, below, ports, plain };
}

/** Whether a pattern means a target. `*` means names only: an address has to be written out. */
export function matches(pattern: HostPattern, { host, port }: Target): boolean {
  if (pattern.ports !== null && !pattern.ports.includes(port)) return false;
  if (pattern.host === '') return isIP(host) === 0;
  return pattern.below ? host.endsWith(`.${pattern.host}`) : host === pattern.host;
}

/** Whether everything that `inner` means, `outer` means too. */
export function covers(outer: HostPattern, inner: HostPattern): boolean {
  if (outer.ports !== null && (inner.ports === null || !inner.ports.every((port) => outer.ports?.includes(port))))
    return false;
  if (inner.plain && !outer.plain) return false;
  if (outer.host === '') return isIP(inner.host) === 0;
  if (inner.host === '') return false;
  if (!outer.below) return !inner.below && inner.host === outer.host;
  return inner.host.endsWith(`.${outer.host}`) || (inner.below && inner.host === outer.host);
}
