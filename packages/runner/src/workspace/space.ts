import { randomUUID } from 'node:crypto';
import type { Folder, Owner } from './folder.ts';
import { removeEntry } from './remove.ts';
import type { Usage } from './usage.ts';

/**
 * One session's workspace while somebody works in it: the folder itself, a folder beside it on the same file system in which what
 * comes is made ready out of the agent's sight, and what it may hold.
 */
export interface Space {
  workspace: Folder;
  incoming: Folder;
  owner: Owner;
  usage: Usage;
  /** One change at a time is put into the workspace: what is there is compared and replaced without another's change between. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
}

/** Works under a name of its own in the incoming folder; what is left under it afterwards is removed. */
export async function aside<T>({ incoming }: Space, work: (name: string) => Promise<T>): Promise<T> {
  const name = randomUUID();
  try {
    return await work(name);
  } finally {
    await removeEntry(incoming, name);
  }
}

/** Does one thing after the other. */
export function oneByOne(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => {});
    return mine;
  };
}
