import { describe, expect, test } from 'vitest';
import { covers, matches, readAuthority, readHost, readPattern } from './hosts.ts';

const pattern = (text: string) => {
  const read = readPattern(text);
  if (read === null) throw new Error(`${text} is no pattern`);
  return read;
};
const allows = (text: string, authority: string) => {
  const target = readAuthority(authority, 443);
  return target !== null && matches(pattern(text), target);
};

describe('a host pattern', () => {
  test('means its own name on the ports of the web, and no other', () => {
    expect(allows('example.com', 'example.com')).toBe(true);
    expect(allows('example.com', 'EXAMPLE.com:80')).toBe(true);
    expect(allows('example.com', 'example.com:22')).toBe(false);
    expect(allows('example.com:22', 'example.com:22')).toBe(true);
    expect(allows('example.com:22', 'example.com:443')).toBe(false);
    expect(allows('example.com:*', 'example.com:9999')).toBe(true);
  });

  test('with a star means what lies below and not the name itself', () => {
    expect(allows('*.example.com', 'a.b.example.com')).toBe(true);
    expect(allows('*.example.com', 'example.com')).toBe(false);
    expect(allows('*.example.com', 'badexample.com')).toBe(false);
  });

  test.each([
    ['a name that begins as an allowed one', 'example.com.evil.net'],
    ['a name that ends as an allowed one', 'notexample.com'],
    ['a trailing dot', 'example.com.'],
    ['a NUL', 'example.com\0.evil.net'],
    ['a user name', 'example.com@evil.net'],
    ['a fullwidth letter', 'ｅxample.com'],
    ['an ideographic dot', 'example。com'],
    ['a cyrillic look-alike', 'ехample.com'],
    ['an encoded dot', 'example%2ecom'],
    ['a space', 'example.com '],
    ['two ports', 'example.com:443:80'],
  ])('is not met by %s', (_what, host) => {
    expect(allows('example.com', host)).toBe(false);
  });

  test('for any name is met by no address, however it is written', () => {
    for (const address of [
      '1.2.3.4',
      '[::1]',
      '[::ffff:1.2.3.4]',
      '2130706433',
      '0x7f000001',
      '0x7f.1',
      '127.1',
      '017700000001',
    ])
      expect(allows('*', address), address).toBe(false);
    expect(allows('*', 'example.com')).toBe(true);
  });

  test('can be an address', () => {
    expect(allows('1.2.3.4', '1.2.3.4')).toBe(true);
    expect(allows('[2001:DB8::1]:8443', '[2001:db8::1]:8443')).toBe(true);
    expect(readPattern('*.1.2.3.4')).toBeNull();
  });

  test('is read in punycode, so that both spellings are one', () => {
    expect(allows('bücher.example', 'xn--bcher-kva.example')).toBe(true);
  });

  test.each([
    '',
    '*.',
    'a b',
    'http://',
    'exa_mple..com',
    'host:0',
    'host:65536',
    'host:x',
    '*.*.com',
    'a/b',
    `${'a'.repeat(64)}.com`,
  ])('is refused as %j', (text) => {
    expect(readPattern(text)).toBeNull();
  });

  test('covers what is no wider than itself', () => {
    expect(covers(pattern('*.example.com'), pattern('api.example.com'))).toBe(true);
    expect(covers(pattern('*.example.com'), pattern('*.api.example.com'))).toBe(true);
    expect(covers(pattern('*.example.com'), pattern('*.example.com'))).toBe(true);
    expect(covers(pattern('*.example.com'), pattern('example.com'))).toBe(false);
    expect(covers(pattern('api.example.com'), pattern('*.example.com'))).toBe(false);
    expect(covers(pattern('api.example.com'), pattern('api.example.com:8443'))).toBe(false);
    expect(covers(pattern('api.example.com:443'), pattern('api.example.com'))).toBe(false);
    expect(covers(pattern('api.example.com'), pattern('http://api.example.com'))).toBe(false);
    expect(covers(pattern('*'), pattern('*.com'))).toBe(true);
  });
});

test('a host that is neither a name nor an address is none', () => {
  for (const text of ['', '.', '-a.com', 'a..b', '1.2.3', '127.1', '0x7f.1', 'fe80::1%eth0', 'a\nb'])
    expect(readHost(text), text).toBeNull();
});
