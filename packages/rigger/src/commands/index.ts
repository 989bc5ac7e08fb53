/** Every command, in the order in which help lists them. Each is a file of its own. */
import type { Command } from 'commander';
import { addApprove } from './approve.ts';
import { addAttach } from './attach.ts';
import { addAudit } from './audit.ts';
import { addBackup, addRestore } from './backup.ts';
import { addCompletion } from './completion.ts';
import { addContext } from './context.ts';
import { addCreate } from './create.ts';
import { addDemo } from './demo.ts';
import { addDoctor } from './doctor.ts';
import { addFiles } from './files.ts';
import { addFork } from './fork.ts';
import { addInterrupt } from './interrupt.ts';
import { addKeys } from './keys.ts';
import { addLogs } from './logs.ts';
import { addModel } from './model.ts';
import { addPs } from './ps.ts';
import { addRm } from './rm.ts';
import { addRun } from './run.ts';
import { addRunner } from './runner.ts';
import { addSchedules } from './schedules.ts';
import { addSecrets } from './secrets.ts';
import { addSend } from './send.ts';
import { addServe } from './serve.ts';
import { addSnapshot } from './snapshot.ts';
import { addStats } from './stats.ts';
import { addStop } from './stop.ts';
import { addUsage } from './usage.ts';
import { addWebhooks } from './webhooks.ts';

type Add = (program: Command) => void;

/** Under the headings of the help. */
export const COMMANDS: readonly [heading: string, commands: readonly Add[]][] = [
  [
    'Sessions:',
    [
      addRun,
      addCreate,
      addSend,
      addAttach,
      addPs,
      addLogs,
      addApprove,
      addInterrupt,
      addStop,
      addRm,
      addFiles,
      addSnapshot,
      addFork,
    ],
  ],
  ['Looking after them:', [addStats, addUsage, addKeys, addAudit, addSecrets, addWebhooks, addSchedules]],
  ['Servers:', [addServe, addRunner, addDemo, addModel, addDoctor, addBackup, addRestore, addContext, addCompletion]],
];
