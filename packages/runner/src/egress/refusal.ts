/** Why a session was not let out, in words for the log and for whoever runs in the sandbox. */
export type Refused = 'not_allowed' | 'invalid_host' | 'private_address' | 'secret_unavailable' | 'wrong_host';
export type Way = 'http' | 'connect' | 'socks';

export interface Refusal {
  /** As the client wrote it where it is no host, cut short. */
  host: string;
  port: number | null;
  via: Way;
  reason: Refused;
}

const EXPLAINED: Record<Refused, string> = {
  not_allowed: 'it is not in config.network.allow of this session',
  invalid_host: 'it is neither a name nor an address',
  private_address: 'it leads to an address that is not on the public internet',
  secret_unavailable: 'a secret for it cannot be had',
  wrong_host: 'the request names another host than the connection',
};

export const explain = (host: string, reason: Refused): string =>
  `Rigger does not let this session reach ${host}: ${EXPLAINED[reason]}.\n`;

const LONGEST_SHOWN = 255;

/** What a client wrote as `host:port`, fit for a log. */
export function shown(asked: string): Pick<Refusal, 'host' | 'port'> {
  const parts = /^(.*?)(?::(\d{1,5}))?$/s.exec(asked);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  const host = (parts?.[1] ?? asked).replace(/[\0-\x1f\x7f]/g, '\uFFFD').slice(0, LONGEST_SHOWN);
  return { host, port: parts?.[2] === undefined ? null : Number(parts[2]) };
}
