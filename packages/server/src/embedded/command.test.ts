import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

const program = (call: string): string =>
  `import { run } from ${JSON.stringify(new URL('./command.ts', import.meta.url).href)}; console.log(JSON.stringify(await run(${call})))`;
const ask = (call: string): unknown =>
  JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '--eval', program(call)], {
      encoding: 'utf8',
      timeout: 30_000,
    }),
  );

test('a program that cannot be started is said to be so, and keeps no process alive', () => {
  expect(ask("'/nowhere/initdb', []")).toEqual({ exitCode: null, output: expect.stringContaining('ENOENT') });
});

test('one that takes too long is ended', () => {
  expect(ask("'/bin/sleep', ['60'], undefined, 100")).toEqual({ exitCode: null, output: '' });
});
