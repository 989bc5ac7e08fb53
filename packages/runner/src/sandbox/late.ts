/** Stands where no driver can be had: refuses every session, with the reason, until one can be. */
import { makeWorkspace } from './layout.ts';
import type { SandboxDriver } from './port.ts';

/** `choose` is tried again for each session that is to be opened, until it brings one. */
export function createLateDriver(choose: () => Promise<SandboxDriver>): SandboxDriver {
  let chosen: SandboxDriver | undefined;
  let trying: Promise<SandboxDriver> | undefined;
  const driver = () => {
    trying ??= choose().then(
      (one) => {
        chosen = one;
        return one;
      },
      (error: unknown) => {
        trying = undefined;
        throw error;
      },
    );
    return trying;
  };
  return {
    get name() {
      return chosen?.name ?? 'unavailable';
    },
    movable: false,
    selfTest: async () => (await driver()).selfTest(),
    // Files may come before there is anything to run; whose they are is put right when it is opened.
    prepare: async (root) => (chosen === undefined ? makeWorkspace(root) : chosen.prepare(root)),
    open: async (spec) => (await driver()).open(spec),
    reap: async (dataDir) => chosen?.reap(dataDir) ?? 0,
  };
}
