import type { Command } from 'commander';

export function addDemo(program: Command): void {
  program
    .command('demo')
    .description('Watch a hosted agent fix a real bug: starts a server, a session, and shows what happens')
    .option('--once', 'end after it, with exit code 0 only if the tests pass')
    .action(async (options: { once?: boolean }) => {
      const [{ readSettings }, { runDemo }] = await Promise.all([import('@rigger/server'), import('../demo/demo.ts')]);
      process.exitCode = await runDemo(readSettings(process.env), options.once === true);
    });
}
