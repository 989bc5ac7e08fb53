/**
 * The provisioner `kubernetes`: sessions that wait get pods, which dial in as runners of capacity one.
 *
 * Every server runs one. There is no leader: each decides in a transaction of its own, one after the other, and what was decided is a row
 * before it is a pod. What it then asks of Kubernetes can be asked twice without harm: a name that is taken is the pod that was meant, and
 * one that is gone is what was wanted. So a server that dies in between is made up for by whichever decides next.
 */
import type { Logger } from 'pino';
import type { PodTokens } from '../runners/identity.ts';
import type { Committed } from '../sessions/committed.ts';
import type { Engine } from '../sessions/engine.ts';
import { failWaiting, tellEnding, tellPending } from '../sessions/pods.ts';
import { Fenced, loseRunner } from '../sessions/reports.ts';
import { forgetPod, noteApplied, notePodTold, type PodRow, unknownPods, waitingFor } from '../store/pods.ts';
import { type KubernetesApi, KubernetesError } from './api.ts';
import type { Limits } from './decide.ts';
import { INSTALLATION_LABEL, podManifest } from './manifest.ts';
import type { PodEnd, PodProblem } from './observe.ts';
import { type Plan, plan } from './plan.ts';
import { labelsOf, type Profiles, type Shape } from './profiles.ts';
import { PodWatch } from './watch.ts';

export interface ProvisionerParts {
  engine: Engine;
  api: KubernetesApi;
  namespace: string;
  profiles: Profiles;
  limits: Limits;
  tokens: PodTokens;
  /** Which pods are this installation's, among others in the same namespace. */
  installation: string;
  /** Where pods dial. */
  serverUrl(): string;
  /** Further settings of their runners. */
  podEnv: Record<string, string>;
  log: Logger;
}

/** Changes come in swarms: they are looked at together. */
const GATHER_MS = 30;
/** While something is under way it is looked at so often, beside what signals tell; and so often when nothing is. */
const BUSY_LOOK_MS = 1_000;
const IDLE_LOOK_MS = 15_000;
/** A pod that was asked for and not heard of is asked for again. */
const APPLY_AGAIN_MS = 5_000;
const DELETE_AGAIN_MS = 20_000;
/** A watch may be this late. */
const UNSEEN_MS = 3_000;
const FIRST_PAUSE_MS = 1_000;
const LAST_PAUSE_MS = 30_000;
const TOLD_AT_ONCE = 50;
/** For what has no session any more, and nothing to save. */
const SHORT_GRACE_S = 5;
const VANISHED: PodEnd = { reason: 'deleted', message: 'The pod is gone from the cluster.' };

interface Refusal extends PodProblem {
  until: number;
  pauseMs: number;
}

export class KubernetesProvisioner {
  readonly #parts: ProvisionerParts;
  readonly #watch: PodWatch;
  readonly #path: string;
  /** When a pod's deletion was asked for, and its creation. */
  readonly #asked = new Map<string, number>();
  /** Pods that were decided on here and that Kubernetes has not taken yet. */
  #made = new Set<string>();
  /** Kinds of which Kubernetes would not have a pod, and why. */
  readonly #refused = new Map<string, Refusal>();
  /** Why pods of a kind do not come up. */
  readonly #problems = new Map<string, PodProblem>();
  #timer: NodeJS.Timeout | null = null;
  #wakesAt = Number.POSITIVE_INFINITY;
  #running: Promise<void> | null = null;
  #again = false;
  #stopped = true;

  constructor(parts: ProvisionerParts) {
    this.#parts = parts;
    this.#path = `/api/v1/namespaces/${parts.namespace}/pods`;
    this.#watch = new PodWatch({
      api: parts.api,
      path: this.#path,
      selector: `${INSTALLATION_LABEL}=${parts.installation}`,
      log: parts.log,
      onChange: () => this.wake(),
    });
  }

  start(): void {
    this.#stopped = false;
    this.#parts.engine.signals.on('committed', this.#onCommitted);
    this.#watch.start();
  }

  /** Stops deciding; pods stay as they are. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#parts.engine.signals.off('committed', this.#onCommitted);
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#watch.stop();
    await this.#running;
  }

  /** Whether the cluster has answered, for readiness. */
  get state(): { ok: boolean; detail: string } {
    const { api, namespace } = this.#parts;
    return this.#watch.synced
      ? { ok: true, detail: `pods in the namespace ${namespace} (${this.#watch.pods.size} now)` }
      : { ok: false, detail: `the pods of the namespace ${namespace} cannot be listed at ${api.server}` };
  }

  /** Something may have to be done. */
  wake(): void {
    this.#wakeIn(GATHER_MS);
  }

  readonly #onCommitted = (change: Committed): void => {
    const waits = change.session.wantsRunner && change.session.runnerId === null;
    const placed = change.events.some((event) => event.type === 'session.placed');
    if (waits || placed || change.released || change.deleted) this.wake();
  };

  #wakeIn(ms: number): void {
    if (this.#stopped) return;
    if (this.#running !== null) {
      this.#again ||= ms <= GATHER_MS;
      return;
    }
    const at = Date.now() + ms;
    if (this.#timer !== null && at >= this.#wakesAt) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#wakesAt = at;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#running = this.#round()
        .catch((error: unknown) => {
          this.#parts.log.error({ err: error }, 'Pods could not be looked after; it is tried again');
          return BUSY_LOOK_MS;
        })
        .then((next) => {
          this.#running = null;
          const soon = this.#again;
          this.#again = false;
          this.#wakeIn(soon ? GATHER_MS : next);
        });
    }, ms);
  }

  /** @returns when to look again. */
  async #round(): Promise<number> {
    if (!this.#watch.synced) return BUSY_LOOK_MS;
    const { engine, profiles, limits } = this.#parts;
    const now = Date.now();
    const paused = new Set([...this.#refused].flatMap(([label, { until }]) => (until > now ? [label] : [])));
    const planned = await plan({ engine, profiles, limits, seen: this.#watch.pods, paused });
    const { pods } = planned;
    for (const name of planned.made) this.#made.add(name);
    this.#problems.clear();
    for (const [label, { code, message }] of this.#refused) this.#problems.set(label, { code, message });
    this.#watch.keepOnly(new Set(pods.map((pod) => pod.name)));
    const results = await Promise.allSettled([...pods.map((pod) => this.#look(pod)), this.#removeStrangers(pods)]);
    for (const result of results)
      if (result.status === 'rejected') this.#parts.log.warn({ err: result.reason }, 'A pod could not be looked after');
    await this.#giveUp(planned);
    const settled =
      planned.waiting.length === 0 &&
      pods.every((pod) => pod.joined && !pod.ending && this.#watch.pods.get(pod.name)?.deleting === false);
    return settled ? IDLE_LOOK_MS : BUSY_LOOK_MS;
  }

  async #look(pod: PodRow): Promise<void> {
    const seen = this.#watch.pods.get(pod.name) ?? null;
    if (pod.sessionId !== null && pod.epoch !== null) await this.#lookAtSession(pod, pod.sessionId, pod.epoch);
    if (!pod.joined && seen?.problem != null) this.#problems.set(pod.label, seen.problem);
    if (pod.ending) return this.#delete(pod);
    if (!pod.applied) return this.#apply(pod);
    if (!pod.joined && seen?.problem != null) await this.#tellProblem(pod, seen.problem);
    else if (seen === null && pod.ageMs > UNSEEN_MS && (await this.#isGone(pod.name))) await this.#forget(pod.name);
  }

  /** Whether the pod is there, is asked where the watch does not know it. */
  async #isGone(name: string): Promise<boolean> {
    if (this.#watch.pods.has(name)) return false;
    try {
      await this.#parts.api.ask(`${this.#path}/${name}`);
      return false;
    } catch (error) {
      if (error instanceof KubernetesError && error.status === 404) return true;
      throw error;
    }
  }

  /** A pod that ends takes its session's process with it: the session is told why, and goes on in another. */
  async #lookAtSession(pod: PodRow, session: string, epoch: number): Promise<void> {
    const { engine, log } = this.#parts;
    const { db } = engine.database;
    const seen = this.#watch.pods.get(pod.name) ?? null;
    if (seen?.deleting === true && !seen.ended && seen.end !== null) {
      const { end } = seen;
      if (await notePodTold(db, pod.name, `ending: ${end.reason}`))
        await tellEnding(engine, session, epoch, { runner: pod.name, ...end });
      return;
    }
    let end: PodEnd | null = seen?.ended === true ? seen.end : null;
    // Gone by force, nobody has seen its processes end: that its connection has ended too must show it, or its lease.
    if (seen === null && pod.applied && pod.away && pod.ageMs > UNSEEN_MS && (await this.#isGone(pod.name)))
      end = this.#watch.lastSeen(pod.name)?.end ?? VANISHED;
    if (end === null) return;
    log.warn({ pod: pod.name, session, ...end }, 'A pod has ended; its session goes on in another');
    await loseRunner(engine, pod.name, session, epoch, { ...end }).catch((error: unknown) => {
      if (!(error instanceof Fenced || (error as { code?: string }).code === 'session_not_found')) throw error;
    });
    this.#again = true;
  }

  async #apply(pod: PodRow): Promise<void> {
    const { api, profiles, tokens, installation, serverUrl, podEnv, log, engine } = this.#parts;
    const { db } = engine.database;
    const asked = this.#asked.get(pod.name);
    // Another server's to make, unless it does not come to it.
    if (
      asked === undefined
        ? !this.#made.has(pod.name) && pod.ageMs < APPLY_AGAIN_MS
        : Date.now() - asked < APPLY_AGAIN_MS
    )
      return;
    this.#asked.set(pod.name, Date.now());
    const shape = pod.shape as unknown as Shape;
    const profile = profiles.get(shape.profile);
    if (profile === undefined) return this.#forget(pod.name);
    const body = podManifest({
      name: pod.name,
      shape,
      profile,
      installation,
      serverUrl: serverUrl(),
      token: tokens.make(pod.name, labelsOf(shape, profile)),
      env: podEnv,
    });
    try {
      await api.ask(this.#path, { method: 'POST', body });
      log.info({ pod: pod.name, kind: pod.label }, 'Asked for a pod');
    } catch (error) {
      if (!(error instanceof KubernetesError)) throw error;
      if (error.status >= 500 || error.status === 429) throw error;
      if (error.status !== 409 || error.reason !== 'AlreadyExists') return this.#refuse(pod, error);
    }
    this.#refused.delete(pod.label);
    this.#made.delete(pod.name);
    await noteApplied(db, pod.name);
  }

  /** Kubernetes would not have it, as when a quota is used up: it is tried again, ever more slowly. */
  async #refuse(pod: PodRow, error: KubernetesError): Promise<void> {
    const before = this.#refused.get(pod.label);
    const pauseMs = Math.min(LAST_PAUSE_MS, before === undefined ? FIRST_PAUSE_MS : before.pauseMs * 2);
    const code = /quota/i.test(error.message) ? 'pod_unschedulable' : 'pod_not_started';
    const { message } = error;
    this.#refused.set(pod.label, { code, message, until: Date.now() + pauseMs, pauseMs });
    this.#problems.set(pod.label, { code, message });
    this.#parts.log.warn({ pod: pod.name, error: message, pauseMs }, 'Kubernetes refused a pod');
    if (before === undefined) await this.#tellWaiting(pod.label, null, { code, message });
    await this.#forget(pod.name);
  }

  async #tellProblem(pod: PodRow, problem: PodProblem): Promise<void> {
    const { db } = this.#parts.engine.database;
    if (!(await notePodTold(db, pod.name, `${problem.code}: ${problem.message}`))) return;
    this.#parts.log.warn({ pod: pod.name, ...problem }, 'A pod does not come up');
    await this.#tellWaiting(pod.label, pod.name, problem);
  }

  async #tellWaiting(label: string, pod: string | null, { code, message }: PodProblem): Promise<void> {
    const { engine } = this.#parts;
    for (const session of await waitingFor(engine.database.db, label, 0, TOLD_AT_ONCE))
      await tellPending(engine, session, { pod, reason: code, message });
  }

  /** Sessions whose pods do not come up end with the reason, once they have waited for long enough. */
  async #giveUp({ waiting, late }: Plan): Promise<void> {
    const { engine, limits } = this.#parts;
    const seconds = Math.round(limits.startTimeoutMs / 1000);
    for (const label of waiting) {
      const none = { code: 'pod_not_started' as const, message: `No pod came up within ${seconds} s.` };
      const about = this.#problems.get(label) ?? (late.includes(label) ? none : null);
      if (about === null) continue;
      for (const session of await waitingFor(engine.database.db, label, limits.startTimeoutMs, TOLD_AT_ONCE))
        await failWaiting(engine, session, about);
    }
  }

  async #delete(pod: PodRow): Promise<void> {
    const seen = this.#watch.pods.get(pod.name);
    // It still has somebody: what they had is being saved, or is to be given up first.
    if (pod.sessionId !== null && seen?.ended !== true) return;
    if (seen?.deleting === true && !seen.ended) return;
    const asked = this.#asked.get(`delete ${pod.name}`);
    if (seen !== undefined && asked !== undefined && Date.now() - asked < DELETE_AGAIN_MS) return;
    this.#asked.set(`delete ${pod.name}`, Date.now());
    if (await this.#remove(pod.name, seen?.ended === true ? 0 : SHORT_GRACE_S)) await this.#forget(pod.name);
  }

  /** @returns whether it is not there any more. */
  async #remove(name: string, gracePeriodSeconds: number): Promise<boolean> {
    try {
      await this.#parts.api.ask(`${this.#path}/${name}`, { method: 'DELETE', body: { gracePeriodSeconds } });
      return false;
    } catch (error) {
      if (error instanceof KubernetesError && error.status === 404) return true;
      throw error;
    }
  }

  async #forget(name: string): Promise<void> {
    await forgetPod(this.#parts.engine.database.db, name);
    this.#made.delete(name);
    this.#asked.delete(name);
    this.#asked.delete(`delete ${name}`);
    this.#again = true;
  }

  /** Pods of this installation that its database knows nothing of, as after it was set back to an earlier day. */
  async #removeStrangers(pods: PodRow[]): Promise<void> {
    const known = new Set(pods.map((pod) => pod.name));
    const strange = [...this.#watch.pods.values()].filter((pod) => !known.has(pod.name) && !pod.deleting);
    if (strange.length === 0) return;
    const names = strange.map((pod) => pod.name);
    for (const name of await unknownPods(this.#parts.engine.database.db, names)) {
      this.#parts.log.warn({ pod: name }, 'A pod belongs to no session here, and is removed');
      await this.#remove(name, SHORT_GRACE_S);
    }
  }
}
