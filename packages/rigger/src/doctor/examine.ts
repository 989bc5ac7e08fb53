import type { Chosen } from '../connect/choose.ts';
import type { Finding } from './finding.ts';
import { agentProgram, disk, isolation, modelEndpoint, node } from './machine.ts';
import { server } from './server.ts';

const isHere = (url: string): boolean => /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i.test(new URL(url).hostname);

/** What the cluster lets Rigger do, with the settings of this environment: for a server that keeps sessions in pods. */
export async function* examineKubernetes(): AsyncGenerator<Finding> {
  const [{ readSettings }, { examineCluster }] = await Promise.all([
    import('@rigger/server'),
    import('@rigger/server/kubernetes'),
  ]);
  yield node();
  yield* examineCluster(readSettings(process.env));
}

/** Everything that is looked at, one after the other. What a server on this machine needs is left out for one that is elsewhere. */
export async function* examine(chosen: Chosen, dataDir: string): AsyncGenerator<Finding> {
  yield node();
  if (isHere(chosen.url)) {
    yield await agentProgram();
    yield await isolation();
    yield await disk(dataDir);
    const model = await modelEndpoint();
    if (model !== undefined) yield model;
  }
  yield* server(chosen);
}
