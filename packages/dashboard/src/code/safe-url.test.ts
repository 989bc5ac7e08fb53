import { describe, expect, test } from 'vitest';
import { safeImage, safeLink } from './safe-url.ts';

describe('addresses that agents write', () => {
  test.each(['https://example.com/a?b#c', 'http://example.com', 'mailto:a@example.com'])('%s may be followed', (url) =>
    expect(safeLink(url)).toBe(url),
  );
  test.each([
    'javascript:alert(1)',
    ' javascript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:https://example.com/x',
    '/api/sessions',
    '//',
  ])('%j may not', (url) => expect(safeLink(url)).toBe(''));
  test('a picture is shown if it came along, or lies in a workspace', () => {
    const png = 'data:image/png;base64,iVBORw0KGgo=';
    expect(safeImage(png)).toBe(png);
    expect(safeImage('/api/sessions/sess_1/files/docs/a.png')).not.toBe('');
    for (const url of [
      'https://example.com/a.png',
      'data:image/svg+xml;base64,PHN2Zz4=',
      'data:text/html;base64,PGI+',
      '/api/sessions/sess_1/files/a.svg',
      '/api/sessions/sess_1/terminate',
    ])
      expect(safeImage(url)).toBe('');
  });
});
