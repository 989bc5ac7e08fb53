import type { Command } from 'commander';
import { addServerOptions, serverOf } from '../connect/options.ts';
import { EXIT } from '../exit-codes.ts';
import { addJsonOption, printJson } from '../terminal/output.ts';
import { style } from '../terminal/style.ts';

const MARKS = { good: ['green', '✓'], warning: ['yellow', '!'], bad: ['red', '✗'] } as const;

export function addDoctor(program: Command): void {
  const command = program
    .command('doctor')
    .description('Look at this machine and the server, or at a cluster, and say what is wrong and how to mend it')
    .option('--data-dir <folder>', 'the data folder of a server on this machine (RIGGER_DATA_DIR, ./.rigger)');
  command.option('--kubernetes', 'look at the cluster of KUBECONFIG, or of this pod, in place of machine and server');
  addJsonOption(addServerOptions(command))
    .addHelpText(
      'after',
      '\nExit codes: 0 nothing is wrong (what is marked ! works, but could be better), 1 something is.',
    )
    .action(async ({ dataDir, json, kubernetes }: { dataDir?: string; json?: boolean; kubernetes?: boolean }) => {
      const { examine, examineKubernetes } = await import('../doctor/examine.ts');
      let isWell = true;
      const findings =
        kubernetes === true
          ? examineKubernetes()
          : examine(serverOf(command), dataDir ?? process.env.RIGGER_DATA_DIR ?? '.rigger');
      for await (const finding of findings) {
        isWell &&= finding.state !== 'bad';
        if (json === true) printJson(finding);
        else {
          const [colour, mark] = MARKS[finding.state];
          console.log(`${style(colour, mark)} ${finding.name.padEnd(14)} ${finding.says}`);
          if (finding.remedy !== undefined) console.log(`  ${''.padEnd(14)} ${style('dim', finding.remedy)}`);
        }
      }
      process.exitCode = isWell ? EXIT.ok : EXIT.failed;
    });
}
