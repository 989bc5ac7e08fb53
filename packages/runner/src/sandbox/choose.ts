import { createBubblewrapDriver } from './bubblewrap.ts';
import { createNoneDriver } from './none.ts';
import { type DriverName, type SandboxDriver, SandboxUnavailable } from './port.ts';

const strongestFirst: readonly (() => SandboxDriver)[] = [createBubblewrapDriver, createNoneDriver];

/**
 * The driver to run sessions in: with `auto` the strongest that passes its self-test, else the one that was asked for.
 * @throws SandboxUnavailable when a driver asked for by name fails: isolation is never weakened in silence.
 */
export async function chooseDriver(
  asked: 'auto' | DriverName,
  drivers: readonly (() => SandboxDriver)[] = strongestFirst,
): Promise<SandboxDriver> {
  let failure: SandboxUnavailable | undefined;
  for (const create of drivers) {
    const driver = create();
    if (asked !== 'auto' && driver.name !== asked) continue;
    const test = await driver.selfTest();
    if (test.ok) return driver;
    failure ??= new SandboxUnavailable(driver.name, test.reason, test.remedy);
  }
  throw failure ?? new SandboxUnavailable(asked as DriverName, 'no such driver', 'Ask for none, bubblewrap or auto.');
}
