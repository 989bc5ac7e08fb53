#!/usr/bin/env node
import module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { complaintOf } from './node-version.ts';

/** What runs for long has no use for it, and more to keep in memory. */
const LONG = ['serve', 'runner', 'model', 'demo'];

/** Commands that come and go begin with what Node compiled before: in a third of the time. Kept where only the user writes. */
function keepCompiled(): void {
  if (LONG.includes(process.argv[2] ?? '')) return;
  const { XDG_CACHE_HOME, HOME } = process.env;
  module.enableCompileCache?.(join(XDG_CACHE_HOME || join(HOME || homedir(), '.cache'), 'rigger', 'compiled'));
}

const complaint = complaintOf(process.version);
if (complaint === null) {
  keepCompiled();
  await import('./program.ts').then(({ main }) => main(process.argv));
} else {
  process.stderr.write(`rigger: ${complaint}\n`);
  process.exitCode = 1;
}
