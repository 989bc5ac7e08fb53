/**
 * Where a name may lead. A session is let out to names, and a webhook is sent to one; which addresses those are is looked up
 * here, at the moment of the connection and once, so that no later answer of the resolver can lead elsewhere. Runner and server
 * share these rules.
 */
import { type LookupAddress, type LookupAllOptions, lookup as resolve } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** A name leads to an address of a private, local or otherwise reserved network. */
export class PrivateAddress extends Error {
  override readonly name = 'PrivateAddress';
}

/** Addresses that may be reached although they are not on the public internet: single ones and ranges, by the operator. */
export class Exceptions {
  readonly #ranges: [ipaddr.IPv4 | ipaddr.IPv6, number][];

  /** @throws Error for what is neither an address nor a range such as `10.0.0.0/8`. */
  constructor(ranges: string[]) {
    this.#ranges = ranges.map((text) => {
      if (ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text);
      if (isIP(text) === 0) throw new Error(`${text} is neither an address nor a range such as 10.0.0.0/8`);
      const address = ipaddr.parse(text);
      return [address, address.kind() === 'ipv4' ? 32 : 128];
    });
  }

  has(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
    return this.#ranges.some(([range, bits]) => range.kind() === address.kind() && address.match(range, bits));
  }
}

/** What asks for all addresses of a name: `dns.lookup`, or one that a test brings. */
export type Resolver = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, found: LookupAddress[]) => void,
) => void;

/** Whether an address is public, or excepted. An IPv4 address within an IPv6 one, mapped or translated, is judged as itself. */
export function mayReach(text: string, exceptions: Exceptions): boolean {
  if (isIP(text) === 0) return false;
  const address = inner(ipaddr.process(text));
  return address.range() === 'unicast' || exceptions.has(address);
}

/** What NAT64 and 6to4 carry inside: a gateway on the way would lead there. */
function inner(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | ipaddr.IPv6 {
  if (address.kind() !== 'ipv6') return address;
  const bytes = address.toByteArray();
  const range = address.range();
  if (range === 'rfc6052' || range === 'rfc6145') return new ipaddr.IPv4(bytes.slice(12));
  if (range === '6to4') return new ipaddr.IPv4(bytes.slice(2, 6));
  return address;
}

/**
 * A `lookup` for `net.connect` that fails with `PrivateAddress` when any address of a name may not be reached: a name with one
 * public and one private address is how a rebinding begins. Not asked for a host that is an address already: see `mayReach`.
 * @param ask the resolver: the system's.
 */
export function checkedLookup(exceptions: Exceptions, ask: Resolver = resolve): LookupFunction {
  return (hostname, options, callback) => {
    ask(hostname, { ...options, all: true }, (error, found) => {
      const first = found?.[0];
      if (error !== null || first === undefined) return callback(error ?? new Error('no address'), '', 4);
      const barred = found.find(({ address }) => !mayReach(address, exceptions));
      if (barred !== undefined) return callback(new PrivateAddress(`${hostname} leads to ${barred.address}`), '', 4);
      if (options.all === true) callback(null, found);
      else callback(null, first.address, first.family);
    });
  };
}
