/**
 * The manifests of deploy/kubernetes, as Kustomize makes them: of kinds that there are, referring to what they declare, with the least that
 * they need. What no cluster here enforces, network policies, is checked by its shape.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SETTINGS = readFileSync(join(ROOT, 'docs/SETTINGS.md'), 'utf8');
const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0;

// biome-ignore lint/suspicious/noExplicitAny: objects of every kind there is
type Any = any;
const build = (overlay: string): Any[] =>
  parseAllDocuments(
    execFileSync('kubectl', ['kustomize', join(ROOT, 'deploy/kubernetes/overlays', overlay)], { encoding: 'utf8' }),
  ).map((document) => document.toJSON() as Any);

/** The kinds that may be used, with their versions, and whether they are of a namespace. */
const KINDS: Record<string, { version: string; namespaced: boolean }> = {
  Namespace: { version: 'v1', namespaced: false },
  ServiceAccount: { version: 'v1', namespaced: true },
  ConfigMap: { version: 'v1', namespaced: true },
  Service: { version: 'v1', namespaced: true },
  PersistentVolumeClaim: { version: 'v1', namespaced: true },
  ResourceQuota: { version: 'v1', namespaced: true },
  Deployment: { version: 'apps/v1', namespaced: true },
  Role: { version: 'rbac.authorization.k8s.io/v1', namespaced: true },
  RoleBinding: { version: 'rbac.authorization.k8s.io/v1', namespaced: true },
  NetworkPolicy: { version: 'networking.k8s.io/v1', namespaced: true },
  PodDisruptionBudget: { version: 'policy/v1', namespaced: true },
  HorizontalPodAutoscaler: { version: 'autoscaling/v2', namespaced: true },
  ServiceMonitor: { version: 'monitoring.coreos.com/v1', namespaced: true },
};

const matches = (selector: Record<string, string>, labels: Record<string, string> = {}): boolean =>
  Object.entries(selector).every(([name, value]) => labels[name] === value);

describe.skipIf(!hasKubectl).each(['small', 'production'])('the overlay %s', (overlay) => {
  const objects = hasKubectl ? build(overlay) : [];
  const of = (kind: string): Any[] => objects.filter((one) => one.kind === kind);
  const named = (kind: string, name: string): Any => of(kind).find((one) => one.metadata.name === name);
  const deployment = of('Deployment')[0];
  const pod = deployment?.spec.template;
  const container = pod?.spec.containers[0];

  test('has objects of known kinds only, each in a namespace that it declares, and none twice', () => {
    const namespaces = of('Namespace').map((one) => one.metadata.name);
    const seen = new Set<string>();
    for (const { kind, apiVersion, metadata } of objects) {
      expect(KINDS[kind]?.version, `${kind} ${metadata.name}`).toBe(apiVersion);
      if (KINDS[kind]?.namespaced) expect(namespaces, `${kind} ${metadata.name}`).toContain(metadata.namespace);
      const id = `${kind}/${metadata.namespace}/${metadata.name}`;
      expect(seen.has(id), id).toBe(false);
      seen.add(id);
    }
  });

  test('selects the pods that it makes', () => {
    const { labels } = pod.metadata;
    expect(matches(deployment.spec.selector.matchLabels, labels)).toBe(true);
    for (const service of of('Service')) {
      expect(matches(service.spec.selector, labels), service.metadata.name).toBe(true);
      for (const { targetPort } of service.spec.ports)
        expect(container.ports.map((port: Any) => port.name)).toContain(targetPort);
    }
    for (const budget of of('PodDisruptionBudget'))
      expect(matches(budget.spec.selector.matchLabels, labels)).toBe(true);
    for (const monitor of of('ServiceMonitor')) {
      const watched = of('Service').filter((one) => matches(monitor.spec.selector.matchLabels, one.metadata.labels));
      const ports = watched.flatMap((one) => one.spec.ports.map((port: Any) => port.name));
      for (const { port } of monitor.spec.endpoints) expect(ports).toContain(port);
    }
    for (const scaler of of('HorizontalPodAutoscaler'))
      expect(scaler.spec.scaleTargetRef.name).toBe(deployment.metadata.name);
  });

  test('sets what Rigger reads, and mounts and refers to what it declares', () => {
    const settings = Object.keys(named('ConfigMap', 'rigger-settings').data);
    const variables = container.env
      .map((one: Any) => one.name)
      .filter((name: string) => !['POD_IP', 'HOME'].includes(name));
    for (const name of [...settings, ...variables]) expect(SETTINGS, name).toContain(`\`${name}\``);
    const volumes = new Map<string, Any>(pod.spec.volumes.map((volume: Any) => [volume.name, volume]));
    for (const mount of container.volumeMounts) expect(volumes.has(mount.name), mount.name).toBe(true);
    for (const { configMap, persistentVolumeClaim } of volumes.values()) {
      if (configMap) expect(named('ConfigMap', configMap.name)).toBeDefined();
      if (persistentVolumeClaim) expect(named('PersistentVolumeClaim', persistentVolumeClaim.claimName)).toBeDefined();
    }
    for (const source of container.envFrom)
      if (!source.secretRef) expect(named('ConfigMap', source.configMapRef.name)).toBeDefined();
    expect(named('ServiceAccount', pod.spec.serviceAccountName)).toBeDefined();
    // A Service's address is a variable of pods that come after it, by its name.
    const address = container.env.find((one: Any) => one.name === 'RIGGER_KUBERNETES_SERVER_URL').value;
    const [, variable] = /\$\((\w+)_SERVICE_HOST\):3334$/.exec(address) ?? [];
    expect(of('Service').map((one) => one.metadata.name.replaceAll('-', '_').toUpperCase())).toContain(variable);
  });

  test('runs its servers restricted, asked for readiness, with time to drain', () => {
    expect(pod.spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(container.readinessProbe.httpGet.path).toBe('/readyz');
    expect(pod.spec.terminationGracePeriodSeconds).toBeGreaterThan(15);
    if (overlay === 'production')
      expect(deployment.spec.strategy.rollingUpdate).toEqual({ maxSurge: 1, maxUnavailable: 0 });
  });

  test('lets its servers do with pods of sessions what they do, and nothing else anywhere', () => {
    expect(objects.some((one) => /^ClusterRole/.test(one.kind))).toBe(false);
    expect(of('Role')).toHaveLength(1);
    const [role] = of('Role');
    expect(role.metadata.namespace).toBe('rigger-sessions');
    expect(role.rules).toEqual([
      { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch', 'create', 'delete'] },
    ]);
    const [binding] = of('RoleBinding');
    expect(binding.roleRef.name).toBe(role.metadata.name);
    expect(binding.subjects).toEqual([{ kind: 'ServiceAccount', name: 'rigger', namespace: 'rigger' }]);
    const sessions = of('ServiceAccount').find((one) => one.metadata.namespace === 'rigger-sessions');
    expect(sessions).toMatchObject({ metadata: { name: 'default' }, automountServiceAccountToken: false });
  });

  test('lets sessions reach the door for runners alone, and nobody reach them', () => {
    const policy = named('NetworkPolicy', 'sessions');
    expect(policy.metadata.namespace).toBe('rigger-sessions');
    expect(policy.spec).toMatchObject({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    expect(policy.spec.ingress ?? []).toEqual([]);
    expect(policy.spec.egress).toHaveLength(1);
    const [{ to, ports }] = policy.spec.egress;
    expect(ports).toEqual([{ protocol: 'TCP', port: 3334 }]);
    expect(to).toHaveLength(1);
    expect(to[0].ipBlock).toBeUndefined();
    expect(matches(to[0].podSelector.matchLabels, pod.metadata.labels)).toBe(true);
    expect(matches(to[0].namespaceSelector.matchLabels, named('Namespace', 'rigger').metadata.labels)).toBe(true);
    expect(container.ports.find((port: Any) => port.name === 'runners').containerPort).toBe(3334);
  });

  test('lets sessions come to its servers at that door only', () => {
    const { spec } = named('NetworkPolicy', 'servers');
    const label = named('Namespace', 'rigger-sessions').metadata.labels['rigger.dev/part'];
    for (const { from, ports } of spec.ingress)
      for (const { port } of ports)
        for (const peer of from) {
          const { matchLabels, matchExpressions } = peer.namespaceSelector ?? {};
          const sessions =
            peer.ipBlock !== undefined ||
            matchLabels?.['rigger.dev/part'] === label ||
            (matchExpressions !== undefined && !matchExpressions.some((one: Any) => one.values.includes(label)));
          if (sessions) expect(port).toBe(3334);
        }
  });
});
