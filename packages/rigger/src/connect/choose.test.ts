import { expect, test } from 'vitest';
import { addressOf, chooseServer } from './choose.ts';

const config = {
  current: 'team',
  contexts: { team: { url: 'https://team.example', apiKey: 'team-key' }, home: { url: 'http://home:3333' } },
};

test('an option goes before the environment, that before the current context, and that before this machine', () => {
  expect(chooseServer({ server: 'x:1', context: 'home' }, { RIGGER_URL: 'http://env' }, config).url).toBe('http://x:1');
  expect(chooseServer({ context: 'home' }, { RIGGER_URL: 'http://env' }, config).url).toBe('http://home:3333');
  expect(chooseServer({}, { RIGGER_URL: 'http://env/' }, config)).toEqual({ url: 'http://env', from: 'RIGGER_URL' });
  expect(chooseServer({}, { RIGGER_SERVER_URL: 'http://a,http://b' }, config).url).toBe('http://a');
  expect(chooseServer({}, {}, config)).toEqual({
    url: 'https://team.example',
    apiKey: 'team-key',
    from: 'context team',
  });
  expect(chooseServer({}, {}, { contexts: {} })).toEqual({ url: 'http://127.0.0.1:3333', from: 'the default' });
});

test('the key of a context goes to its own server only, and RIGGER_API_KEY before it', () => {
  expect(chooseServer({ server: 'http://elsewhere' }, {}, config).apiKey).toBeUndefined();
  expect(chooseServer({}, { RIGGER_URL: 'http://elsewhere' }, config).apiKey).toBeUndefined();
  expect(chooseServer({ context: 'team' }, { RIGGER_API_KEY: 'mine' }, config).apiKey).toBe('mine');
});

test('a name that is none, and an address that is none, are refused', () => {
  expect(() => chooseServer({ context: 'nowhere' }, {}, config)).toThrow('Known: team, home.');
  expect(() => chooseServer({ context: 'constructor' }, {}, { contexts: {} })).toThrow(
    'There is no context “constructor”',
  );
  expect(addressOf('localhost:3333/')).toBe('http://localhost:3333');
  for (const wrong of ['ftp://x', 'http://', 'a b'])
    expect(() => addressOf(wrong)).toThrow('is no address of a server');
});
