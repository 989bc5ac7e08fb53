/** What the cluster lets a server with these settings do: asked of the cluster itself, without changing anything in it. */
import type { Settings } from '../model/settings.ts';
import { KubernetesApi, KubernetesError } from './api.ts';
import { podManifest } from './manifest.ts';
import { type Profile, readProfiles } from './profiles.ts';

export interface ClusterFinding {
  name: string;
  state: 'good' | 'warning' | 'bad';
  says: string;
  remedy?: string;
}

const VERBS = ['get', 'list', 'watch', 'create', 'delete'];
const OLDEST_MINOR = 20;
const good = (name: string, says: string): ClusterFinding => ({ name, state: 'good', says });
const warning = (name: string, says: string, remedy: string): ClusterFinding => ({
  name,
  state: 'warning',
  says,
  remedy,
});
const bad = (name: string, says: string, remedy: string): ClusterFinding => ({ name, state: 'bad', says, remedy });

async function mayDo(api: KubernetesApi, namespace: string, verb: string): Promise<boolean> {
  const review = await api.ask<{ status: { allowed: boolean } }>(
    '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    {
      method: 'POST',
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes: { namespace, verb, resource: 'pods' } },
      },
    },
  );
  return review.status.allowed;
}

/** Whether Kubernetes would take a pod of this profile, by asking it for one that is not to be made. */
async function wouldTake(
  api: KubernetesApi,
  namespace: string,
  name: string,
  profile: Profile,
): Promise<ClusterFinding> {
  const title = `pod ${name}`;
  const body = podManifest({
    name: `rigger-doctor-${name}`,
    shape: { profile: name, image: null, memoryMb: null, cpus: null },
    profile,
    installation: 'doctor',
    serverUrl: 'http://doctor.invalid',
    token: 'none',
  });
  try {
    await api.ask(`/api/v1/namespaces/${namespace}/pods`, { method: 'POST', body, query: { dryRun: 'All' } });
    return good(title, `would be taken: ${profile.image}, ${profile.memoryMb} MiB, ${profile.cpus} processors`);
  } catch (error) {
    if (!(error instanceof KubernetesError)) throw error;
    const remedy = /quota/i.test(error.message)
      ? 'Raise the namespace’s ResourceQuota, or make the profile smaller.'
      : /RuntimeClass/i.test(error.message)
        ? 'Install the runtime and its RuntimeClass, or take `runtimeClassName` out of the profile.'
        : 'Mend the profile in RIGGER_KUBERNETES_PROFILES, or what the namespace allows.';
    return bad(title, error.message, remedy);
  }
}

/** Everything that is looked at, one after the other. */
export async function* examineCluster(settings: Settings): AsyncGenerator<ClusterFinding> {
  let api: KubernetesApi;
  try {
    api = KubernetesApi.load(settings.RIGGER_KUBERNETES_NAMESPACE);
    const { gitVersion, minor } = await api.ask<{ gitVersion: string; minor: string }>('/version');
    const old = Number.parseInt(minor, 10) < OLDEST_MINOR;
    yield old
      ? bad('cluster', `${gitVersion} at ${api.server}`, `Rigger is tested from 1.${OLDEST_MINOR} on.`)
      : good('cluster', `${gitVersion} at ${api.server}`);
  } catch (error) {
    yield bad('cluster', (error as Error).message, 'Name a cluster in KUBECONFIG, or run this in a pod of it.');
    return;
  }
  const { namespace } = api;
  const refused: string[] = [];
  for (const verb of VERBS) if (!(await mayDo(api, namespace, verb))) refused.push(verb);
  yield refused.length === 0
    ? good('permissions', `${VERBS.join(', ')} pods in ${namespace}`)
    : bad(
        'permissions',
        `may not ${refused.join(', ')} pods in ${namespace}`,
        'Apply deploy/kubernetes/base/access.yaml.',
      );
  if (refused.includes('create')) return;

  let profiles: ReturnType<typeof readProfiles>;
  try {
    profiles = readProfiles(settings.RIGGER_KUBERNETES_PROFILES, {
      image: settings.RIGGER_KUBERNETES_IMAGE,
      warm: settings.RIGGER_KUBERNETES_WARM,
    });
  } catch (error) {
    yield bad('profiles', (error as Error).message, 'See docs/KUBERNETES.md.');
    return;
  }
  for (const [name, profile] of profiles) yield await wouldTake(api, namespace, name, profile);
  for (const [name, { image = '' }] of profiles)
    if (!/[:@][^/]+$/.test(image) || image.endsWith(':latest'))
      yield warning(
        `image ${name}`,
        `${image} may be another one tomorrow`,
        'Name it with a tag of its own, or by its digest.',
      );
  yield await quota(api, namespace);
}

async function quota(api: KubernetesApi, namespace: string): Promise<ClusterFinding> {
  try {
    const { items } = await api.ask<{
      items: { status?: { hard?: Record<string, string>; used?: Record<string, string> } }[];
    }>(`/api/v1/namespaces/${namespace}/resourcequotas`);
    if (items.length === 0)
      return warning(
        'quota',
        `${namespace} has none: sessions may fill the cluster`,
        'Set a ResourceQuota, as the overlay production does.',
      );
    const lines = items.flatMap(({ status }) =>
      Object.entries(status?.hard ?? {}).map(([name, hard]) => `${name} ${status?.used?.[name] ?? '0'}/${hard}`),
    );
    return good('quota', lines.join(', '));
  } catch (error) {
    if (!(error instanceof KubernetesError && error.status === 403)) throw error;
    return good('quota', 'not for this account to see; a pod that exceeds it is refused with its words');
  }
}
