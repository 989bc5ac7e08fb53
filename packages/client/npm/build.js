/**
 * Makes `dist` of the client's source: JavaScript and types, for whoever installs this folder. npm runs it before it links
 * or packs the folder, with the workspace's compiler on the path where the workspace is installed.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const workspace = new URL('../../../package.json', import.meta.url);
const { typescript } = JSON.parse(readFileSync(workspace, 'utf8')).devDependencies;
const project = ['-p', '../tsconfig.build.json', '--outDir', 'dist'];

const run = (command, args) =>
  spawnSync(command, args, { cwd: import.meta.dirname, stdio: 'inherit', shell: process.platform === 'win32' });

let built = run('tsc', project);
if (built.error?.code === 'ENOENT')
  built = run('npm', ['exec', '--yes', '--package', `typescript@${typescript}`, '--', 'tsc', ...project]);
process.exitCode = built.status ?? 1;
