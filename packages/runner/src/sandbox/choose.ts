/**
 * Which driver sessions run in. One that is asked for by name is never replaced. `auto` takes the strongest of those that are
 * offered here and pass their self-test: containers where the operator has set an image, for to set one is to want them; then
 * bubblewrap; and no isolation at all only where that is `bare`ly acceptable, on a machine that serves nobody but itself.
 */
import { createBubblewrapDriver } from './bubblewrap.ts';
import { createDockerDriver, type DockerOptions } from './docker/docker.ts';
import { createNoneDriver } from './none.ts';
import { createPodDriver } from './pod.ts';
import { type DriverName, type Resources, type SandboxDriver, SandboxUnavailable } from './port.ts';

export interface Isolation {
  asked: 'auto' | DriverName;
  /** Whether `auto` may end with no isolation. */
  bare: boolean;
  docker: Omit<DockerOptions, 'resources'>;
  resources: Resources;
}

export interface Choice {
  driver: SandboxDriver;
  /** What its self-test found. */
  detail: string;
  /** Stronger ones that were tried in vain. */
  passedOver: SandboxUnavailable[];
}

type Create = () => SandboxDriver;

/** The drivers that come into question, the strongest first. */
function candidates({ asked, bare, docker, resources }: Isolation): Create[] {
  const all: [DriverName, boolean, Create][] = [
    ['docker', docker.image !== undefined, () => createDockerDriver({ ...docker, resources })],
    ['bubblewrap', true, () => createBubblewrapDriver({ resources })],
    ['none', bare, createNoneDriver],
    // Only by name: nothing in here can tell whether the machine is a pod of one session's own.
    ['pod', false, createPodDriver],
  ];
  return all.flatMap(([name, offered, create]) => ((asked === 'auto' ? offered : name === asked) ? [create] : []));
}

/** @throws SandboxUnavailable when none of those that come into question passes its self-test. */
export async function chooseDriver(isolation: Isolation, drivers = candidates(isolation)): Promise<Choice> {
  const passedOver: SandboxUnavailable[] = [];
  for (const create of drivers) {
    const driver = create();
    const test = await driver.selfTest();
    if (test.ok) return { driver, detail: test.detail, passedOver };
    passedOver.push(new SandboxUnavailable(driver.name, test.reason, test.remedy));
  }
  const [first, ...others] = passedOver;
  if (first === undefined)
    throw new SandboxUnavailable('unavailable', 'no driver is offered', 'See docs/SANDBOXES.md.');
  if (isolation.asked !== 'auto') throw first;
  const reason = [first, ...others].map((failed) => `${failed.driver}: ${failed.reason}`).join('; ');
  throw new SandboxUnavailable(
    'unavailable',
    `nothing isolates agents here (${reason}), and a server that others can reach runs none without`,
    `${[first, ...others].map(({ remedy }) => remedy).join(' Or: ')} Or ask for none by name: RIGGER_ISOLATION=none.`,
    { cause: first },
  );
}
