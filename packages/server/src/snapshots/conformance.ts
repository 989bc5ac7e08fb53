/** What every store of snapshots promises, as tests. */
import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SnapshotStore } from './port.ts';

const nameOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

export function describeStore(
  name: string,
  open: () => Promise<{ store: SnapshotStore; close(): Promise<void> }>,
): void {
  describe(`${name} keeps the promises of a store`, () => {
    let store: SnapshotStore;
    let close: () => Promise<void>;
    beforeAll(async () => {
      ({ store, close } = await open());
    });
    afterAll(() => close());

    test('what is put is got, byte for byte', async () => {
      for (const size of [0, 1, 100_000, 9_000_000]) {
        const bytes = randomBytes(size);
        await store.put(nameOf(bytes), bytes);
        expect((await store.get(nameOf(bytes)))?.equals(bytes)).toBe(true);
      }
    });

    test('what is not there is null', async () => {
      expect(await store.get(nameOf(randomBytes(8)))).toBeNull();
    });

    test('what is put twice, also at once, is there once', async () => {
      const bytes = randomBytes(10_000);
      await Promise.all([1, 2, 3].map(() => store.put(nameOf(bytes), bytes)));
      expect((await store.get(nameOf(bytes)))?.equals(bytes)).toBe(true);
    });

    test('what is removed is gone, and may be removed again', async () => {
      const bytes = randomBytes(100);
      await store.put(nameOf(bytes), bytes);
      await store.remove(nameOf(bytes));
      expect(await store.get(nameOf(bytes))).toBeNull();
      await store.remove(nameOf(bytes));
    });
  });
}
