/** Pods for sessions: from the settings to what the server is made of. Loaded only where they are asked for. */
import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import type { SessionConfig } from '../model/config.ts';
import type { Settings } from '../model/settings.ts';
import type { PodTokens } from '../runners/identity.ts';
import type { Engine } from '../sessions/engine.ts';
import { KubernetesApi } from './api.ts';
import { labelOf, readProfiles, shapeOf } from './profiles.ts';
import { KubernetesProvisioner } from './provisioner.ts';

interface Needs {
  engine: Engine;
  tokens: PodTokens;
  /** What the servers of one database share: pods are theirs by it. */
  secret: string;
  log: Logger;
  /** Where pods dial when the settings do not say. */
  fallbackUrl(): string;
}

/** @throws Error for settings that cannot be used, and without a cluster. */
export function makePods(settings: Settings) {
  const profiles = readProfiles(settings.RIGGER_KUBERNETES_PROFILES, {
    image: settings.RIGGER_KUBERNETES_IMAGE,
    warm: settings.RIGGER_KUBERNETES_WARM,
  });
  const api = KubernetesApi.load(settings.RIGGER_KUBERNETES_NAMESPACE);
  return {
    /** What a session's pod must be, as labels. @throws RiggerError `image_not_allowed`, `resources_not_allowed`. */
    labels(config: SessionConfig): string[] {
      const shape = shapeOf(config, profiles);
      return shape === null ? [] : [labelOf(shape)];
    },
    provisioner: ({ engine, tokens, secret, log, fallbackUrl }: Needs): KubernetesProvisioner =>
      new KubernetesProvisioner({
        engine,
        api,
        namespace: api.namespace,
        profiles,
        limits: {
          pods: settings.RIGGER_KUBERNETES_MAX_PODS,
          creating: settings.RIGGER_KUBERNETES_CREATING,
          startTimeoutMs: settings.RIGGER_KUBERNETES_START_TIMEOUT_MS,
        },
        tokens,
        installation: createHash('sha256').update(`installation.${secret}`).digest('hex').slice(0, 12),
        serverUrl: () => settings.RIGGER_KUBERNETES_SERVER_URL ?? fallbackUrl(),
        podEnv: {
          RIGGER_EGRESS_PRIVATE: settings.RIGGER_EGRESS_PRIVATE,
          RIGGER_WORKSPACE_MAX_BYTES: String(settings.RIGGER_WORKSPACE_MAX_BYTES),
          RIGGER_WORKSPACE_MAX_FILES: String(settings.RIGGER_WORKSPACE_MAX_FILES),
          RIGGER_USAGE_INTERVAL_MS: String(settings.RIGGER_USAGE_INTERVAL_MS),
          RIGGER_LOG_LEVEL: settings.RIGGER_LOG_LEVEL === 'silent' ? 'warn' : settings.RIGGER_LOG_LEVEL,
        },
        log: log.child({ part: 'kubernetes' }),
      }),
  };
}
