import { chmod, chown, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import {
  asRoot,
  clearUp,
  folder,
  kill,
  nobody,
  query,
  removeTemplate,
  start,
  startElsewhere,
  usedFolder,
} from './fixtures/bench.ts';

afterEach(clearUp, 60_000);
afterAll(removeTemplate);

const accountOf = async (pid: number) =>
  Number(/^Uid:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]);

describe.runIf(asRoot)('as root', () => {
  test('PostgreSQL runs as an unprivileged user with none of the server’s environment', async () => {
    process.env.RIGGER_TEST_SECRET = 'sk-secret';
    const database = await start(await folder());
    delete process.env.RIGGER_TEST_SECRET;
    expect(await accountOf(database.pid)).toBe(nobody.uid);
    expect(await readFile(`/proc/${database.pid}/environ`, 'utf8')).not.toContain('sk-secret');
    expect((await stat(database.connection.host)).mode & 0o777).toBe(0o700);
  });

  test('data below a closed folder go elsewhere, are found again, and the folder stays closed', async () => {
    const closed = await folder(0o700);
    const dataDir = path.join(closed, '.rigger', 'postgres');
    const elsewhere = path.join(await folder(), 'rigger');
    const said: string[] = [];
    const first = await start(dataDir, { elsewhere, log: (_level, message) => said.push(message) });
    expect(said[0]).toContain('the database is in');
    expect(await accountOf(first.pid)).toBe(nobody.uid);
    await query(first, 'create table note as select 5 as n');
    await first.stop();
    expect((await stat(closed)).mode & 0o777).toBe(0o700);

    const second = await start(dataDir, { elsewhere });
    expect(await query(second, 'select n from note')).toEqual([[5]]);
    await second.stop();

    const [home] = await readdir(elsewhere);
    await rm(path.join(elsewhere, home!), { recursive: true });
    await expect(start(dataDir, { elsewhere })).rejects.toMatchObject({ code: 'embedded_data_missing' });
  });

  test('a cluster that was made here and closed off later is refused, not begun anew', async () => {
    const outer = await folder();
    const dataDir = path.join(outer, 'postgres');
    await (await start(dataDir)).stop();
    await chmod(outer, 0o700);
    await expect(start(dataDir)).rejects.toMatchObject({ code: 'embedded_unreachable' });
  });

  test('a user that does not exist, or is root, is refused', async () => {
    const dataDir = await folder();
    for (const user of ['no-such-user', 'root', '--help']) {
      await expect(start(dataDir, { user })).rejects.toMatchObject({ code: 'embedded_no_user' });
    }
  });

  test('a folder restored by root, and so owned by root, is given back to PostgreSQL', async () => {
    const dataDir = await usedFolder();
    await chown(path.join(dataDir, 'cluster', 'base'), 0, 0);
    await chown(path.join(dataDir, 'cluster'), 0, 0);
    expect(await query(await start(dataDir), 'select 1')).toEqual([[1]]);
  });

  test('a server without root uses its own account, and root carries on as that account', async () => {
    const dataDir = path.join(await folder(0o755, nobody), 'postgres');
    const plain = await startElsewhere(dataDir, nobody);
    expect(plain).toMatchObject({ adopted: false });
    await kill(plain.child);
    const database = await start(dataDir);
    expect(database).toMatchObject({ adopted: true, pid: plain.pid });
    await database.stop();
    expect(await accountOf((await start(dataDir, { user: 'daemon' })).pid)).toBe(nobody.uid);
  });

  test('a server without root says whose folder it is when it is another’s', async () => {
    const dataDir = await usedFolder();
    expect(await startElsewhere(dataDir, { uid: 1, gid: 1 })).toMatchObject({ code: 'embedded_not_owner' });
  });

  test('a socket folder in the temporary folder that is somebody else’s is not used', async () => {
    const dataDir = path.join(await folder(), 'd'.repeat(90));
    const database = await start(dataDir);
    const { host } = database.connection;
    await database.stop();
    await mkdir(host);
    await chown(host, 1, 1);
    await expect(start(dataDir)).rejects.toMatchObject({ code: 'embedded_not_owner' });
    await rm(host, { recursive: true });
  });
});
