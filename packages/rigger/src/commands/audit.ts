import type { AuditEntry, AuditQuery } from '@rigger/client';
import type { Command } from 'commander';
import { addServerOptions, clientOf } from '../connect/options.ts';
import { addJsonOption, addListOptions, type JsonOptions, printJson, printList } from '../terminal/output.ts';
import { count, given } from './session-options.ts';

const second = (at: string): string => at.slice(0, 19).replace('T', ' ');

/** What is another than before, in few words. */
function changed({ before, after }: AuditEntry): string {
  const [was, is] = [before, after].map((one) => (typeof one === 'object' && one !== null ? one : {})) as [
    Record<string, unknown>,
    Record<string, unknown>,
  ];
  const names = Object.keys(is).filter((name) => JSON.stringify(was[name]) !== JSON.stringify(is[name]));
  if (before === null) return '-';
  return names.map((name) => `${name}=${JSON.stringify(is[name])}`).join(' ') || '-';
}

type Query = Pick<AuditQuery, 'action' | 'target' | 'actor' | 'from' | 'to' | 'limit'> & { key?: string };

export function addAudit(program: Command): void {
  const audit = addServerOptions(
    addListOptions(
      program
        .command('audit')
        .description('What was changed by whom, the newest first')
        .option('--action <action>', 'such as session.create, or session.* for all of them')
        .option('--target <id>', 'what was changed')
        .option('--actor <name>', 'who changed it')
        .option('--key <id>', 'by which key')
        .option('--from <time>', 'since then: 2026-11-28T00:00:00Z')
        .option('--to <time>', 'before then')
        .option('-n, --limit <n>', 'at most so many', count, 50)
        .addHelpText('after', '\nExamples:\n  $ rigger audit --action key.*\n  $ rigger audit verify'),
    ),
  );
  audit.action(async ({ action, target, actor, key: keyId, from, to, limit, ...options }: JsonOptions & Query) => {
    const page = await clientOf(audit).audit.page(given({ action, target, actor, keyId, from, to, limit }));
    printList(
      page.entries,
      options,
      ['AT (UTC)', 'WHO', 'FROM', 'ACTION', 'TARGET', 'CHANGED'],
      (one) => [second(one.at), one.actor, one.address ?? '-', one.action, one.target ?? '-', changed(one)],
      'Nothing was changed yet.',
    );
  });

  const verify = addJsonOption(
    addServerOptions(audit.command('verify').description('Whether any entry was altered or taken out')),
  );
  verify.action(async ({ json }: { json?: boolean }) => {
    const state = await clientOf(verify).audit.verify();
    if (json === true) printJson(state);
    else if (state.broken === null)
      console.log(`${state.entries} entries, all as they were written. The newest hash: ${state.head ?? '-'}`);
    else console.log(`Entry ${state.broken.n} is not what it was, or one before it is missing.`);
    if (state.broken !== null) process.exitCode = 1;
  });
}
