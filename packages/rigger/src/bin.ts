#!/usr/bin/env node
import { Command } from 'commander';
import { addDemo } from './commands/demo.ts';
import { addModel } from './commands/model.ts';
import { addRunner } from './commands/runner.ts';
import { addServe } from './commands/serve.ts';
import { addUsage } from './commands/usage.ts';
import { VERSION } from './version.ts';

const program = new Command('rigger')
  .description('The self-hosted home for Claude Agent SDK agents.')
  .version(VERSION)
  .showHelpAfterError('(rigger --help lists the commands)');
addServe(program);
addDemo(program);
addRunner(program);
addUsage(program);
addModel(program);

program.parseAsync().catch((error: unknown) => {
  const remedy = (error as { remedy?: unknown }).remedy;
  process.stderr.write(`rigger: ${error instanceof Error ? error.message : String(error)}\n`);
  if (typeof remedy === 'string') process.stderr.write(`        ${remedy}\n`);
  process.exit(1);
});
