import { expect, test } from 'vitest';
import { filePath, fill, queryOf, segment } from './paths.ts';

test('no name leads to another route', () => {
  for (const name of ['', '.', '..']) expect(() => segment(name)).toThrow(TypeError);
  for (const path of ['', '/', 'a/../b', 'a//b', './a', 'a/']) expect(() => filePath(path)).toThrow(TypeError);
  expect(segment('a/b?c')).toBe('a%2Fb%3Fc');
});

test('a file keeps the folders of its path', () => {
  expect(filePath('src/a b/ü#.txt')).toBe('src/a%20b/%C3%BC%23.txt');
  expect(fill('/api/sessions/{id}/files/{*}', { id: 'sess_1', '*': '/src/a.ts' })).toBe(
    '/api/sessions/sess_1/files/src/a.ts',
  );
  expect(() => fill('/api/sessions/{id}')).toThrow('needs “id”');
});

test('a query leaves out what is not given, and a list has commas', () => {
  expect(queryOf({ a: 1, b: undefined, c: ['x', 'y z'], d: false })).toBe('?a=1&c=x%2Cy+z&d=false');
  expect(queryOf({ a: undefined })).toBe('');
});
