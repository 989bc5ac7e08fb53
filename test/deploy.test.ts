/** What is shipped to run Rigger with: it names settings, files and services that there are. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const SETTINGS = read('docs/SETTINGS.md');
const isSetting = (name: string): boolean => SETTINGS.includes(`\`${name}\``);

interface Service {
  environment?: Record<string, string>;
  command?: string[];
  depends_on?: string[] | Record<string, unknown>;
  networks?: string[];
  volumes?: string[];
  build?: { dockerfile: string };
}
const compose = parse(read('docker-compose.yml')) as {
  services: Record<string, Service>;
  networks: Record<string, unknown>;
  volumes: Record<string, unknown>;
};

describe('docker-compose.yml', () => {
  test('has the services, the database and the port that guides name', () => {
    expect(Object.keys(compose.services).sort()).toEqual(['backend', 'postgres', 'runner']);
    expect(compose.services.postgres?.environment).toMatchObject({
      POSTGRES_DB: 'agent_db',
      POSTGRES_USER: 'agent_user',
    });
    expect(compose.services.backend?.environment?.DATABASE_URL).toMatch(/agent_user:.*@postgres:5432\/agent_db$/);
  });

  test('sets what Rigger reads, and refers to what it declares', () => {
    for (const [name, service] of Object.entries(compose.services)) {
      for (const setting of Object.keys(service.environment ?? {}))
        if (!setting.startsWith('POSTGRES_') && !setting.startsWith('OTEL_'))
          expect(isSetting(setting), setting).toBe(true);
      for (const network of service.networks ?? []) expect(Object.keys(compose.networks), name).toContain(network);
      for (const volume of service.volumes ?? []) expect(Object.keys(compose.volumes)).toContain(volume.split(':')[0]);
      const needs = service.depends_on ?? [];
      for (const other of Array.isArray(needs) ? needs : Object.keys(needs))
        expect(compose.services[other]).toBeDefined();
      if (service.build !== undefined) expect(existsSync(join(ROOT, service.build.dockerfile))).toBe(true);
    }
  });

  test('publishes nothing beyond this machine, and starts with no password of ours', () => {
    const text = read('docker-compose.yml');
    expect(text).toContain('RIGGER_PUBLISH:-127.0.0.1:3333');
    expect(text).toContain('POSTGRES_PASSWORD:?');
    for (const line of read('deploy/docker/example.env').split('\n'))
      if (/^\w+=/.test(line)) expect(line).toMatch(/=$/);
  });
});

describe('the Dockerfile', () => {
  const text = read('deploy/docker/Dockerfile');
  test('copies every package there is, runs as nobody special, and tells its health', () => {
    const packages = JSON.parse(
      execFileSync('npm', ['query', '.workspace', '--prefix', ROOT], { encoding: 'utf8' }),
    ) as {
      location: string;
    }[];
    for (const { location } of packages) expect(text).toContain(`COPY ${location}/package.json ${location}/`);
    // The page is built in a stage of its own, and served from where the server looks for it.
    expect(text).toContain('packages/dashboard/build/when-stale.ts --strict');
    expect(text).toContain('COPY --from=page /rigger/packages/dashboard/dist ./packages/dashboard/dist');
    expect(text).toMatch(/^USER rigger$/m);
    expect(text).toMatch(/^HEALTHCHECK /m);
    expect(text.indexOf('npm ci')).toBeLessThan(text.indexOf('COPY packages ./packages'));
  });
});

describe('systemd’s units', () => {
  test.each(['rigger.service', 'rigger-runner.service'])('%s is one that systemd takes', (name) => {
    const folder = mkdtempSync(join(tmpdir(), 'rigger-units-'));
    try {
      const text = read(`deploy/systemd/${name}`);
      expect(text).toContain(name === 'rigger.service' ? 'KillMode=process' : 'KillMode=mixed');
      if (!existsSync('/usr/bin/systemd-analyze')) return;
      // Everything of it but the place, which is not on this machine.
      writeFileSync(
        join(folder, name),
        text
          .replaceAll('/opt/rigger/node_modules/.bin/node', process.execPath)
          .replaceAll('WorkingDirectory=/opt/rigger', 'WorkingDirectory=/tmp')
          .replace(/^(User|Group)=.*$/gm, ''),
      );
      execFileSync('systemd-analyze', ['verify', join(folder, name)], { stdio: ['ignore', 'pipe', 'pipe'] });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
