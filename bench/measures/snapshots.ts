/** Saving a workspace and having it back, beside `tar | zstd` of the same files on the same disk. */
import { execFileSync } from 'node:child_process';
import { createReadStream, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sessionConfig } from '../harness/bare.ts';
import type { Measure } from '../harness/bench.ts';
import type { Target } from '../harness/figures.ts';
import { type Client, makeClient, wholeLog } from '../harness/http.ts';
import { percentile } from '../harness/statistics.ts';
import { makeFiles } from '../harness/workspace-files.ts';

const MB = 1_000_000;
const MOST_OF_TAR = 1.5;

const seconds = (work: () => void): number => {
  const began = performance.now();
  work();
  return (performance.now() - began) / 1_000;
};
const sh = (script: string, cwd: string) => execFileSync('bash', ['-o', 'pipefail', '-ec', script], { cwd });

interface Snapshot {
  id: string;
  ms: number;
}

export const snapshots: Measure = async ({ withServer, report, progress, count }) => {
  const files = count(5_000, 500);
  const bytes = count(200, 20) * MB;
  const times = count(5, 2);
  const root = mkdtempSync(join(tmpdir(), 'rigger-bench-files-'));
  const work = join(root, 'work');
  mkdirSync(work);
  try {
    progress('making files');
    makeFiles(work, files, bytes);
    sh('tar -cf ../whole.tar .', work);
    const took = {
      take: [] as number[],
      restore: [] as number[],
      again: [] as number[],
      tar: [] as number[],
      untar: [] as number[],
    };
    for (let n = 0; n < times; n += 1) {
      progress(`saving and restoring ${n + 1}/${times}`);
      // A new server each time: what was stored before would not be stored again.
      await withServer('local', async (server) => {
        const client = makeClient(server.url);
        const { id } = await client.call<{ id: string }>('POST', '/api/sessions', {
          pattern: 'hybrid',
          config: sessionConfig,
        });
        await upload(server.url, id, join(root, 'whole.tar'));
        await client.call('POST', `/api/sessions/${id}/message`, { prompt: 'Hello' });
        took.tar.push(
          seconds(() => sh('tar -c . | zstd -q -3 -T1 -f -o ../whole.tar.zst && sync ../whole.tar.zst', work)),
        );
        const first = await timed(() => client.call<Snapshot>('POST', `/api/sessions/${id}/snapshots`));
        took.take.push(first.seconds);
        took.again.push((await timed(() => client.call('POST', `/api/sessions/${id}/snapshots`))).seconds);
        took.untar.push(
          seconds(() => sh('rm -rf back && mkdir back && zstd -q -d -c whole.tar.zst | tar -x -C back', root)),
        );
        took.restore.push(await restore(client, id, first.answer.id));
        client.close();
      });
    }
    const size = `${Math.round(bytes / MB)} MB in ${files.toLocaleString('en-GB')} files`;
    const target = (bare: number): Target => ({
      limit: MOST_OF_TAR * bare,
      wanted: 'at most',
      from: `${MOST_OF_TAR} × tar | zstd`,
    });
    const figure = (name: string, rigger: number[], bare: number[] | null) => {
      const beside = bare === null ? null : percentile(bare, 50);
      report({
        name: `${name}, p50`,
        rigger: percentile(rigger, 50),
        bare: beside,
        unit: 's',
        count: times,
        target: beside === null ? null : target(beside),
      });
    };
    figure(`first snapshot of ${size} (beside it: tar | zstd)`, took.take, took.tar);
    figure('second snapshot, nothing changed', took.again, null);
    figure(`restored (beside it: zstd -d | tar -x)`, took.restore, took.untar);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
};

async function timed<T>(work: () => Promise<T>): Promise<{ answer: T; seconds: number }> {
  const began = performance.now();
  const answer = await work();
  return { answer, seconds: (performance.now() - began) / 1_000 };
}

async function upload(url: string, session: string, tar: string): Promise<void> {
  const answer = await fetch(`${url}/api/sessions/${session}/files`, {
    method: 'PUT',
    headers: { 'content-type': 'application/x-tar' },
    body: ReadableStream.from(createReadStream(tar)),
    duplex: 'half',
  } as RequestInit);
  if (!answer.ok) throw new Error(`The files were refused: ${answer.status} ${await answer.text()}`);
}

/** Seconds that its files took to be there again, as the session's log says it. */
async function restore(client: Client, session: string, snapshot: string): Promise<number> {
  await client.call('POST', `/api/sessions/${session}/snapshots/${snapshot}/restore`);
  await client.call('POST', `/api/sessions/${session}/message`, { prompt: 'Hello' });
  const restored = (await wholeLog(client, session)).find((event) => event.type === 'snapshot.restored');
  if (restored === undefined) throw new Error('Nothing was restored.');
  return Number(restored.data.ms) / 1_000;
}
