import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';

/** Whether npm can install here: tests of what is packed need what it depends on. */
export const registryAnswers = (): boolean =>
  spawnSync('npm', ['view', 'uuidv7@1.2.1', 'version', '--fetch-retries=0'], { cwd: tmpdir(), timeout: 20_000 })
    .status === 0;
