import { Exceptions } from '@rigger/runner/protocol';
import { describe, expect, test } from 'vitest';
import { refusalOf } from './target.ts';

const strict = { http: false, exceptions: new Exceptions([]) };

describe('a webhook’s address is refused', () => {
  test.each([
    'https://127.0.0.1/x',
    'https://127.1/',
    'https://2130706433/',
    'https://0x7f000001/',
    'https://017700000001/',
    'https://0/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:7f00:1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://10.0.0.8/',
    'https://192.168.1.1:8443/',
    'https://169.254.169.254/latest/meta-data/',
    'https://[fd00:ec2::254]/',
    'https://100.64.0.1/',
    'https://localhost/',
    'https://LOCALHOST./',
    'https://app.localhost/',
    'https://１２７.0.0.1/',
    'http://example.com/',
    'ftp://example.com/',
    'https://user:word@example.com/',
    'https://example.com/#part',
  ])('%s', (url) => {
    expect(refusalOf(url, strict)).not.toBeNull();
  });
});

describe('a webhook’s address is taken', () => {
  test.each([
    'https://example.com/hooks?x=1',
    'https://example.com:8443/',
    'https://8.8.8.8/',
    'https://[2606:4700::1111]/',
  ])('%s', (url) => {
    expect(refusalOf(url, strict)).toBeNull();
  });

  test('when it is private and the operator lists it, and without TLS when the operator allows that', () => {
    const open = { http: true, exceptions: new Exceptions(['127.0.0.2/32']) };
    expect(refusalOf('http://127.0.0.2:9000/', open)).toBeNull();
    expect(refusalOf('http://127.0.0.3:9000/', open)).not.toBeNull();
    expect(refusalOf('http://localhost:9000/', open)).not.toBeNull();
  });
});
