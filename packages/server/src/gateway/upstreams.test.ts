import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FairQueue, readUpstreams, type Upstream, Upstreams } from './upstreams.ts';

const never = new AbortController().signal;

describe('a queue of one endpoint', () => {
  test('lets sessions take turns, whichever of them has how many calls waiting', async () => {
    const queue = new FairQueue(1);
    const entered: string[] = [];
    const leave = await queue.enter('a', never);
    const waiting = ['a1', 'a2', 'a3', 'b1', 'c1', 'b2'].map(async (name) => {
      const done = await queue.enter(name[0]!, never);
      entered.push(name);
      done();
    });
    leave();
    await Promise.all(waiting);
    expect(entered).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
    expect(queue.underWay).toBe(0);
  });

  test('forgets a call whose caller goes away while it waits, and gives its place to nobody', async () => {
    const queue = new FairQueue(1);
    const leave = await queue.enter('a', never);
    const gone = new AbortController();
    const waiting = queue.enter('b', gone.signal);
    gone.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    leave();
    leave();
    expect(queue.underWay).toBe(0);
    expect(await queue.enter('c', never)).toBeTypeOf('function');
  });

  test('lets as many in as it may', async () => {
    const queue = new FairQueue(3);
    await Promise.all(['a', 'b', 'c'].map((name) => queue.enter(name, never)));
    expect(queue.underWay).toBe(3);
  });
});

describe('several endpoints', () => {
  const endpoint = (name: string, weight: number): Upstream => ({
    name, weight, baseUrl: 'http://x', apiKey: undefined, description: name, concurrency: 1,
  }); // biome-ignore format: one thing

  test('are tried by weight', () => {
    const upstreams = new Upstreams([endpoint('three', 3), endpoint('one', 1)]);
    // Ten standard deviations about three quarters.
    const first = Array.from({ length: 20_000 }, () => upstreams.inOrder()[0]!.name);
    const share = first.filter((name) => name === 'three').length / first.length;
    expect(share).toBeGreaterThan(0.72);
    expect(share).toBeLessThan(0.78);
  });

  test('that refused of late are tried last', () => {
    const upstreams = new Upstreams([endpoint('good', 1), endpoint('bad', 1_000)]);
    upstreams.refused(upstreams.inOrder().find((one) => one.name === 'bad')!, 60_000);
    for (let n = 0; n < 50; n += 1) expect(upstreams.inOrder().map((one) => one.name)).toEqual(['good', 'bad']);
  });

  test('are read from a file, which names what is wrong in it and where a key is missing', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'rigger-upstreams-')), 'upstreams.json');
    const write = (value: unknown) => writeFileSync(path, JSON.stringify(value));
    write([{ name: 'a', url: 'https://a.example', apiKeyEnv: 'A_KEY' }]);
    expect(readUpstreams(path, { A_KEY: 'secret' })).toEqual([
      {
        name: 'a', baseUrl: 'https://a.example', apiKey: 'secret', weight: 1, concurrency: 256, description: 'a (a.example)',
      }, // biome-ignore format: one thing
    ]);
    expect(() => readUpstreams(path, {})).toThrow(/A_KEY/);
    write([{ name: 'a', url: 'nowhere' }]);
    expect(() => readUpstreams(path, {})).toThrow(/0\.url/);
    write([]);
    expect(() => readUpstreams(path, {})).toThrow(/cannot be used/);
  });
});
