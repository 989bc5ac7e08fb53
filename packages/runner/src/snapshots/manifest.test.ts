import { describe, expect, test } from 'vitest';
import { checkManifest, type Entry } from './manifest.ts';
import { SnapshotDamaged } from './port.ts';

const top: Entry = { type: 'folder', path: '', mode: 0o755, mtimeNs: '0' };
const hash = 'a'.repeat(64);
const file = (path: string, more: object = {}): Entry => ({
  type: 'file', path, mode: 0o644, mtimeNs: '0', size: 4, hash, parts: [[0, 0, 4]], ...more,
}); // biome-ignore format: one line a thought
const of = (...entries: unknown[]) => ({
  version: 1,
  entries: [top, ...entries],
  packs: [{ hash, size: 10, bytes: 10 }],
  skipped: [],
});
const folder = (path: string) => ({ ...top, path });

describe('a manifest', () => {
  test('of honest entries is taken as it is', () => {
    const manifest = of(folder('a'), file('a/b'), {
      type: 'link',
      path: 'l',
      mode: 0o777,
      mtimeNs: '-5',
      target: '/etc',
    });
    expect(checkManifest(manifest)).toBe(manifest);
  });

  test.each([
    ['../up', [file('../up')]],
    ['a path that climbs from within', [folder('a'), file('a/../../up')]],
    ['an absolute path', [file('/etc/cron.d/x')]],
    ['a NUL', [file('a\0b')]],
    ['an empty name', [folder('a'), file('a//b')]],
    ['a dot', [folder('.')]],
    [
      'a path through a link',
      [{ type: 'link', path: 'l', mode: 0o777, mtimeNs: '0', target: '/etc' }, file('l/passwd')],
    ],
    ['a path through a file', [file('f'), file('f/g')]],
    ['a folder that is listed nowhere', [file('a/b')]],
    ['a folder listed after what is in it', [file('a/b'), folder('a')]],
    ['two of one name', [file('f'), file('f')]],
    [
      'a link in the place of a folder',
      [folder('a'), { type: 'link', path: 'a', mode: 0o777, mtimeNs: '0', target: '/' }],
    ],
    ['a setuid bit', [file('f', { mode: 0o4755 })]],
    ['a device', [{ ...file('f'), type: 'device' }]],
    ['a part beyond its pack', [file('f', { parts: [[0, 8, 4]] })]],
    ['a part in no pack', [file('f', { parts: [[1, 0, 4]] })]],
    ['a negative place', [file('f', { parts: [[0, -1, 4]] })]],
    ['parts that are not the whole', [file('f', { size: 5 })]],
    ['a hash that is a path', [file('f', { hash: '../../x' })]],
    ['a link to nothing', [{ type: 'link', path: 'l', mode: 0o777, mtimeNs: '0', target: '' }]],
    ['nothing', [null]],
  ])('with %s is refused', (_, entries) => {
    expect(() => checkManifest(of(...entries))).toThrow(SnapshotDamaged);
  });

  test.each([
    null,
    7,
    [],
    {},
    { ...of(), version: 2 },
    { ...of(), entries: [] },
    { ...of(), packs: [{ hash, size: 1e12, bytes: 1 }] },
  ])('that is %j is refused', (value) => {
    expect(() => checkManifest(value)).toThrow(SnapshotDamaged);
  });
});
