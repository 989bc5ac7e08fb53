import { afterEach, expect, test } from 'vitest';
import { type Rigger, startRigger } from '../test/harness.ts';

let rigger: Rigger;
afterEach(() => rigger.stop());

test('a second server on the data folder of an embedded database is refused and says why', async () => {
  rigger = await startRigger();
  await expect(rigger.restart()).rejects.toThrow(/Another Rigger server is using the data folder/);
  expect((await rigger.call('GET', '/healthz')).status).toBe(200);
});

test('beyond loopback nothing listens without being asked, and a setting that is wrong is named', async () => {
  rigger = await startRigger();
  expect(rigger.url).toMatch(/^http:\/\/127\.0\.0\.1:/);
  await expect(startRigger({ RIGGER_SWEEP_INTERVAL_MS: '90000', PORT: 'x' })).rejects.toThrow(
    /PORT[\s\S]*RIGGER_SWEEP_INTERVAL_MS|RIGGER_SWEEP_INTERVAL_MS[\s\S]*PORT/,
  );
});
