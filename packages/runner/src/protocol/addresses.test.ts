import { once } from 'node:events';
import net from 'node:net';
import { describe, expect, test } from 'vitest';
import { checkedLookup, Exceptions, mayReach, PrivateAddress } from './addresses.ts';

const none = new Exceptions([]);

describe('an address may be reached', () => {
  test.each(['1.1.1.1', '2606:4700:4700::1111', '::ffff:8.8.8.8', '64:ff9b::808:808'])(
    'when it is public: %s',
    (address) => {
      expect(mayReach(address, none)).toBe(true);
    },
  );

  test.each([
    '127.0.0.1',
    '127.255.0.1',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '192.0.0.8',
    '198.18.0.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    'fe80::1',
    'fc00::1',
    'fd00:ec2::254',
    'ff02::1',
    '2001:db8::1',
    '::ffff:127.0.0.1',
    '::ffff:a9fe:a9fe',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b::a9fe:a9fe',
    '2002:7f00:1::',
    'fec0::1',
    '64:ff9b:1::1',
    '2130706433',
    '0x7f.1',
    '',
  ])('and not when it is private, local or reserved: %s', (address) => {
    // biome-ignore format: a list
    expect(mayReach(address, none)).toBe(false);
  });

  test('when the operator has excepted it', () => {
    const some = new Exceptions(['10.0.0.0/8', '127.0.0.1', 'fd00::/8']);
    expect(mayReach('10.9.9.9', some)).toBe(true);
    expect(mayReach('127.0.0.1', some)).toBe(true);
    expect(mayReach('::ffff:127.0.0.1', some)).toBe(true);
    expect(mayReach('127.0.0.2', some)).toBe(false);
    expect(mayReach('fd12::1', some)).toBe(true);
    expect(() => new Exceptions(['10.0.0.0/99'])).toThrow(/neither an address nor a range/);
  });
});

test('a name that leads to this machine is not connected to', async () => {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  const dial = (exceptions: Exceptions) => net.connect({ host: 'localhost', port, lookup: checkedLookup(exceptions) });
  const [error] = await once(dial(none), 'error');
  expect(error).toBeInstanceOf(PrivateAddress);
  const socket = dial(new Exceptions(['127.0.0.0/8', '::1']));
  await once(socket, 'connect');
  socket.destroy();
  server.close();
});
