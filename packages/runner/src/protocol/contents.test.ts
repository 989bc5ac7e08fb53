import { expect, test } from 'vitest';
import { type Contents, differences } from './contents.ts';

const of = (...entries: Contents['entries']): Contents => ({ version: 1, entries });
const file = (path: string, hash: string, mode = 0o644) => ({ type: 'file' as const, path, mode, hash });
const top = { type: 'folder' as const, path: '', mode: 0o755 };

test('the differences of two snapshots are what is to be added, changed and removed, by path', () => {
  const now = of(top, file('same', 'a'), file('other', 'a'), file('gone', 'a'), {
    type: 'link',
    path: 'link',
    target: 'x',
  });
  const then = of(top, { type: 'folder', path: 'folder', mode: 0o755 }, file('folder/back', 'a'), file('same', 'a'), file('other', 'b'), { type: 'link', path: 'link', target: 'y' }); // biome-ignore format: one line
  expect(differences(now, then).map(({ path, change, type }) => `${change} ${type} ${path}`)).toEqual([
    'added folder folder',
    'added file folder/back',
    'removed file gone',
    'changed link link',
    'changed file other',
  ]);
  expect(differences(then, then)).toEqual([]);
});

test('a mode is a difference, and so is a file in the place of a folder', () => {
  expect(differences(of(top, file('run', 'a')), of(top, file('run', 'a', 0o755)))).toMatchObject([
    { change: 'changed' },
  ]);
  const folder = of(top, { type: 'folder', path: 'x', mode: 0o755 });
  expect(differences(of(top, file('x', 'a')), folder)).toEqual([{ path: 'x', change: 'changed', type: 'folder' }]);
});
