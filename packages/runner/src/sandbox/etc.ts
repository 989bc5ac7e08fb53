/** The files of /etc that say who is there, made up for a sandbox: what the host or an image says of users is not its business. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Owner } from './layout.ts';
import { HOME } from './spec-rules.ts';

/**
 * Writes them into `etc` below a session's root, which agents do not see, and returns that folder.
 * `user` is who agents are inside.
 */
export function writeEtc(root: string, user: Owner): string {
  const folder = join(root, 'etc');
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const agent = `agent:x:${user.uid}:${user.gid}:agent:${HOME}:/bin/sh\n`;
  const files = {
    // The first line with a number names it.
    passwd: `${user.uid === 0 ? agent : ''}root:x:0:0:root:/root:/usr/sbin/nologin\n${user.uid === 0 ? '' : agent}nobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n`,
    group: `${user.gid === 0 ? 'agent:x:0:\n' : ''}root:x:0:\n${user.gid === 0 ? '' : `agent:x:${user.gid}:\n`}nogroup:x:65534:\n`,
    hosts: '127.0.0.1 localhost\n::1 localhost\n',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o644 });
  return folder;
}
