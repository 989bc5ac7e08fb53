/** What Kubernetes says of a pod, as far as it matters to its session. Pure. */

/** The members of a pod's JSON that are read here. */
export interface PodJson {
  metadata: {
    name: string;
    uid?: string;
    resourceVersion?: string;
    deletionTimestamp?: string;
    labels?: Record<string, string>;
  };
  spec?: { nodeName?: string };
  status?: {
    phase?: string;
    reason?: string;
    message?: string;
    conditions?: { type: string; status: string; reason?: string; message?: string }[];
    containerStatuses?: {
      state?: {
        waiting?: { reason?: string; message?: string };
        terminated?: { exitCode?: number; signal?: number; reason?: string; message?: string };
      };
    }[];
  };
}

/** Why a pod ended, or is ending. */
export const END_REASONS = [
  'deleted',
  'evicted',
  'preempted',
  'out_of_memory',
  'node_lost',
  'node_shutdown',
  'container_ended',
] as const;
export interface PodEnd {
  reason: (typeof END_REASONS)[number];
  /** Kubernetes' own words. */
  message: string;
}
/** Why a pod has not begun. */
export interface PodProblem {
  code: 'pod_unschedulable' | 'pod_image_unavailable' | 'pod_not_started';
  message: string;
}

export interface SeenPod {
  name: string;
  node: string | null;
  /** It is being deleted: its runner has been told to end. */
  deleting: boolean;
  /** All that ran in it has ended. */
  ended: boolean;
  end: PodEnd | null;
  problem: PodProblem | null;
}

const IMAGE_REASONS = [
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
];
const START_REASONS = ['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError', 'CrashLoopBackOff'];
const DISRUPTIONS: Record<string, PodEnd['reason']> = {
  EvictionByEvictionAPI: 'evicted',
  TerminationByKubelet: 'evicted',
  PreemptionByScheduler: 'preempted',
  DeletionByTaintManager: 'node_lost',
  DeletionByPodGC: 'node_lost',
};
const STATUS_REASONS: Record<string, PodEnd['reason']> = {
  Evicted: 'evicted',
  Preempting: 'preempted',
  NodeLost: 'node_lost',
  NodeShutdown: 'node_shutdown',
  Terminated: 'node_shutdown',
  Shutdown: 'node_shutdown',
};

export function observe(pod: PodJson): SeenPod {
  const { status = {}, metadata, spec } = pod;
  const deleting = metadata.deletionTimestamp !== undefined;
  const ended = status.phase === 'Succeeded' || status.phase === 'Failed';
  return {
    name: metadata.name,
    node: spec?.nodeName ?? null,
    deleting,
    ended,
    end: ended || deleting ? endOf(status, deleting) : null,
    problem: ended ? null : problemOf(status),
  };
}

type Status = NonNullable<PodJson['status']>;

function endOf(status: Status, deleting: boolean): PodEnd {
  const disruption = status.conditions?.find((one) => one.type === 'DisruptionTarget' && one.status === 'True');
  const disrupted = disruption === undefined ? undefined : DISRUPTIONS[disruption.reason ?? ''];
  if (disrupted !== undefined) return { reason: disrupted, message: disruption?.message ?? disruption?.reason ?? '' };
  const named = STATUS_REASONS[status.reason ?? ''];
  if (named !== undefined) return { reason: named, message: status.message ?? status.reason ?? '' };
  const terminated = status.containerStatuses?.[0]?.state?.terminated;
  if (terminated?.reason === 'OOMKilled')
    return { reason: 'out_of_memory', message: 'The kernel ended the pod’s processes: its memory limit was reached.' };
  if (deleting) return { reason: 'deleted', message: 'The pod was deleted.' };
  const how =
    terminated === undefined
      ? (status.message ?? status.reason ?? 'The pod ended.')
      : `The container ended with ${terminated.signal ? `signal ${terminated.signal}` : `code ${terminated.exitCode}`}${terminated.reason === undefined ? '' : ` (${terminated.reason})`}.`;
  return { reason: 'container_ended', message: [how, terminated?.message].filter(Boolean).join(' ') };
}

function problemOf(status: Status): PodProblem | null {
  const scheduled = status.conditions?.find((one) => one.type === 'PodScheduled');
  if (scheduled?.status === 'False')
    return { code: 'pod_unschedulable', message: scheduled.message ?? scheduled.reason ?? 'No node has room for it.' };
  const waiting = status.containerStatuses?.[0]?.state?.waiting;
  const reason = waiting?.reason ?? '';
  const message = [reason, waiting?.message].filter(Boolean).join(': ');
  if (IMAGE_REASONS.includes(reason)) return { code: 'pod_image_unavailable', message };
  if (START_REASONS.includes(reason)) return { code: 'pod_not_started', message };
  return null;
}
