import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { memoryOf, Processes } from './processes.ts';
import { Sampler, type Subject } from './sampler.ts';

const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const gone = once(child, 'exit');
    process.kill(-child.pid!, 'SIGKILL');
    await gone;
  }
});

/** A program in a group of its own; resolves once it has said its first word. */
async function start(command: string, ...args: string[]): Promise<ChildProcess> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
  children.push(child);
  await once(child.stdout!, 'data');
  return child;
}
const subject = (session: string, roots: number[], keepers: number[] = []): Subject => ({
  session,
  processTree: () => ({ roots, keepers }),
});
const samplerOf = (...subjects: Subject[]) =>
  new Sampler({
    subjects: () => subjects,
    everyMs: 10,
    onFault: (error) => {
      throw error;
    },
  });
const MB = 1024 ** 2;

test('a session’s memory and processes are those of all that descends from its roots, without the driver’s keepers', async () => {
  const hold = `const held = Buffer.alloc(${300 * MB}, 1); console.log('held'); setInterval(() => held.length, 1e6)`;
  const shell = await start('/bin/sh', '-c', `"$0" -e "$1" & wait`, process.execPath, hold);
  const sampler = samplerOf(subject('one', [shell.pid!], [shell.pid!]), subject('other', [process.pid]));
  await sampler.sample();
  const { one, other } = sampler.take()!;
  expect(one).toMatchObject({ processes: 1 });
  expect(one!.memoryBytes).toBeGreaterThan(300 * MB);
  expect(one!.memoryBytes).toBeLessThan(450 * MB);
  expect(other!.processes).toBeGreaterThanOrEqual(3);
  expect(sampler.take()).toBeUndefined();
});

test('processor time counts what works, and stays counted when it has ended', async () => {
  const burn =
    'const used = () => process.cpuUsage().user + process.cpuUsage().system; while (used() < 400_000); console.log()';
  const shell = await start('/bin/sh', '-c', `"$0" -e "$1"; read line; exit`, process.execPath, burn);
  const next = await start('/bin/sh', '-c', 'echo; sleep 60');
  const roots = [shell.pid!, next.pid!];
  const sampler = samplerOf(subject('s', roots));
  await sampler.sample();
  const before = sampler.take()!.s!.cpuMs;
  expect(before).toBeGreaterThanOrEqual(350);
  expect(before).toBeLessThan(1_000);
  const gone = once(shell, 'exit');
  shell.stdin!.end('go\n');
  await gone;
  await sampler.sample();
  expect(sampler.take()!.s!.cpuMs).toBeGreaterThanOrEqual(before);
});

test('a process that is gone uses nothing, and one that cannot be looked into is no fault', async () => {
  expect(memoryOf(2 ** 22 + 1)).toBe(0);
  expect((await Processes.look()).below([2 ** 22 + 1])).toEqual([]);
  expect(memoryOf(1)).toBeGreaterThanOrEqual(0);
});

test('64 sessions are measured for a small share of a processor, however often it is wanted', async () => {
  const shell = await start('/bin/sh', '-c', 'for n in $(seq 192); do sleep 60 & done; echo; wait');
  const sleeping = (await Processes.look()).below([shell.pid!]).filter((pid) => pid !== shell.pid);
  expect(sleeping).toHaveLength(192);
  const subjects = Array.from({ length: 64 }, (_, n) => subject(`s${n}`, sleeping.slice(3 * n, 3 * n + 3)));
  const sampler = samplerOf(...subjects);
  await sampler.sample();
  expect(Object.values(sampler.take()!).every((usage) => usage.processes === 3)).toBe(true);
  const began = { at: performance.now(), cpu: process.cpuUsage() };
  sampler.start();
  await new Promise((resolve) => setTimeout(resolve, 6_000));
  sampler.stop();
  const { user, system } = process.cpuUsage(began.cpu);
  const share = (user + system) / 1_000 / (performance.now() - began.at);
  expect(sampler.take()).toBeDefined();
  // The test's own runner works a little too.
  expect(share).toBeLessThan(0.1);
}, 20_000);
