import { expect, test } from 'vitest';
import { redact } from './redact.ts';

test('keys, tokens and secrets go, and what tells which one it was stays', () => {
  const key = `rgr_abcdefghijkl_${'S'.repeat(32)}`;
  expect(redact(`{"key":"${key}"}`)).toBe('{"key":"rgr_abcdefghijkl_…"}');
  expect(redact('x-api-key: sk-ant-api03-secret_words')).toBe('x-api-key: [redacted]');
  expect(redact('{"authorization":"Bearer abc.def-123456"}')).toBe('{"authorization":"Bearer [redacted]"}');
  expect(redact('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw rgp.pod_1.bGFiZWxz.c2lnbmF0dXJl')).toBe(
    '[redacted] rgp.[redacted]',
  );
});

test('other words stay as they are', () => {
  const line = '{"msg":"A session of sess_0190 used rgr_ and sk-learn; Bearer of news","id":"turn_1"}';
  expect(redact(line)).toBe(line);
});
