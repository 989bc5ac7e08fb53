/** What a spec may ask of a driver that isolates. Each refusal names what would break or leak. */
import { existsSync } from 'node:fs';
import { isAbsolute, join, normalize, resolve } from 'node:path';
import { type SandboxSpec, SandboxSpecError } from './port.ts';

export const HOME = '/home/agent';
export const RUN = '/run/rigger';
/** Where program folders appear: never at their host path, which tells of the host and may lie where agents write. */
export const PROGRAMS = '/opt/rigger';

/** A spec's program folders as seen inside. */
export const programsInside = (spec: SandboxSpec): Record<string, string> =>
  Object.fromEntries(Object.keys(spec.programs).map((name) => [name, join(PROGRAMS, name)]));

/** Nothing may be put at or below these: the system's own, and folders the agent writes to, where it could plant symlinks. */
const TAKEN = [
  ...['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/etc', '/proc', '/sys', '/dev', '/run', '/tmp'],
  '/var/tmp',
  HOME,
  PROGRAMS,
];

/** Folders of the host that no program lies in, and that tell of more than programs. */
const SECRET = ['/etc', '/proc', '/sys', '/dev', '/run'];

/** True when `path` is `folder` or lies below it. */
export const isWithin = (path: string, folder: string) =>
  path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);

const overlaps = (a: string, b: string) => isWithin(a, b) || isWithin(b, a);

/**
 * @throws SandboxSpecError when the spec would shadow the system, expose the session's root, or is not plain absolute paths.
 */
export function checkSpec(spec: SandboxSpec): void {
  const root = resolve(spec.root);
  requirePlain('working directory', spec.workingDirectory);
  const clash = TAKEN.find((taken) => overlaps(spec.workingDirectory, taken));
  if (clash) throw new SandboxSpecError(`working directory ${spec.workingDirectory} would shadow ${clash}`);
  for (const [name, path] of Object.entries(spec.programs)) {
    if (!/^[a-z]+$/.test(name)) throw new SandboxSpecError(`program name ${JSON.stringify(name)}`);
    requirePlain('program folder', path);
    if (!existsSync(path)) throw new SandboxSpecError(`program folder ${path} does not exist`);
    if (isWithin(root, path)) throw new SandboxSpecError(`program folder ${path} would expose session folders`);
    if (SECRET.some((folder) => overlaps(path, folder)))
      throw new SandboxSpecError(`program folder ${path} would expose the host`);
  }
  for (const name of Object.keys(spec.env)) requireVariable(name);
}

/** Whether a shell could export it. */
export const isVariable = (name: string): boolean => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);

/** @throws SandboxSpecError for a name no shell could export. */
export function requireVariable(name: string): void {
  if (!isVariable(name)) throw new SandboxSpecError(`environment variable ${JSON.stringify(name)}`);
}

function requirePlain(what: string, path: string): void {
  const plain = isAbsolute(path) && normalize(path) === path && (path === '/' || !path.endsWith('/'));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (!plain || /[\0-\x1f]/.test(path)) {
    throw new SandboxSpecError(`${what} ${JSON.stringify(path)} is not a plain absolute path`);
  }
}
