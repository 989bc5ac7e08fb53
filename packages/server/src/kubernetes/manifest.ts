/** A pod as Kubernetes is told of it. Pure. */
import { createHash } from 'node:crypto';
import type { V1Pod } from '@kubernetes/client-node';
import type { Profile, Shape } from './profiles.ts';

/** Labels by which Rigger knows its own pods. */
export const INSTALLATION_LABEL = 'rigger.dev/installation';
const MANAGED = { 'app.kubernetes.io/name': 'rigger', 'app.kubernetes.io/component': 'session' };
export const CONTAINER = 'session';
/** The user of Rigger's own image. */
const UID = 10_001;
/** Memory that the runner itself takes beside the agent is in the limit; Node is told of less, or the kernel ends it first. */
const MIB = 1024 ** 2;

export interface PodOrder {
  name: string;
  shape: Shape;
  profile: Profile;
  installation: string;
  /** Where its runner dials, and what it shows there: good for this pod alone. */
  serverUrl: string;
  token: string;
  /** Further settings of its runner. */
  env?: Record<string, string>;
}

/** What of a profile a pod is made from; one that was made from another is outdated. */
export const revisionOf = (profile: Profile): string => {
  const { warm: _, labels: __, ...made } = profile;
  return createHash('sha256').update(JSON.stringify(made)).digest('hex').slice(0, 12);
};

/**
 * One session's pod: restricted by the Pod Security Standards, read-only but for its folder, without an account of the cluster. All it
 * holds is its own token.
 */
export function podManifest({ name, shape, profile, installation, serverUrl, token, env = {} }: PodOrder): V1Pod {
  const memoryMb = shape.memoryMb ?? profile.memoryMb;
  const cpus = shape.cpus ?? profile.cpus;
  const { requests } = profile;
  const mib = (megabytes: number) => `${Math.ceil(megabytes)}Mi`;
  const milli = (count: number) => `${Math.ceil(count * 1000)}m`;
  const variables = {
    RIGGER_SERVER_URL: serverUrl,
    RIGGER_RUNNER_TOKEN: token,
    RIGGER_RUNNER_ID: name,
    RIGGER_RUNNER_ONCE: 'true',
    RIGGER_RUNNER_CAPACITY: '1',
    RIGGER_ISOLATION: 'pod',
    RIGGER_DATA_DIR: '/session',
    RIGGER_WARM_SPARES: '1',
    RIGGER_AGENT_RECYCLE_BYTES: String(Math.round(memoryMb * MIB * 0.75)),
    HOME: '/tmp',
    ...env,
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      labels: {
        ...profile.podLabels,
        ...MANAGED,
        'app.kubernetes.io/managed-by': 'rigger',
        [INSTALLATION_LABEL]: installation,
        'rigger.dev/profile': shape.profile,
      },
      annotations: {
        ...profile.annotations,
        // A cluster autoscaler may not take a node from under a turn; it waits for the session to end.
        'cluster-autoscaler.kubernetes.io/safe-to-evict': 'false',
        'karpenter.sh/do-not-disrupt': 'true',
      },
    },
    spec: {
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: profile.graceSeconds,
      ...(profile.runtimeClassName === undefined ? {} : { runtimeClassName: profile.runtimeClassName }),
      ...(profile.priorityClassName === undefined ? {} : { priorityClassName: profile.priorityClassName }),
      ...(Object.keys(profile.nodeSelector).length === 0 ? {} : { nodeSelector: profile.nodeSelector }),
      ...(profile.tolerations.length === 0 ? {} : { tolerations: profile.tolerations }),
      ...(profile.imagePullSecrets.length === 0
        ? {}
        : { imagePullSecrets: profile.imagePullSecrets.map((secret) => ({ name: secret })) }),
      securityContext: {
        runAsNonRoot: true,
        runAsUser: UID,
        runAsGroup: UID,
        fsGroup: UID,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          name: CONTAINER,
          image: shape.image ?? profile.image!,
          imagePullPolicy: 'IfNotPresent',
          command: ['tini', '--', 'rigger', 'runner'],
          env: Object.entries(variables).map(([key, value]) => ({ name: key, value })),
          resources: {
            requests: {
              // A session that was promised less memory than is reserved by default has that reserved.
              memory: mib(Math.min(memoryMb, requests.memoryMb ?? memoryMb / 2)),
              cpu: milli(Math.min(cpus, requests.cpus ?? cpus / 4)),
            },
            limits: {
              memory: mib(memoryMb),
              cpu: milli(cpus),
              ...Object.fromEntries(Object.entries(profile.limits).map(([key, value]) => [key, String(value)])),
            },
          },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
          volumeMounts: [
            { name: 'session', mountPath: '/session' },
            { name: 'tmp', mountPath: '/tmp' },
          ],
        },
      ],
      volumes: [
        { name: 'session', emptyDir: { sizeLimit: mib(profile.workspaceMb) } },
        { name: 'tmp', emptyDir: { sizeLimit: mib(Math.min(profile.workspaceMb, 1024)) } },
      ],
    },
  };
}
