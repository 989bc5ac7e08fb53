import { appendFile, cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import {
  asRoot,
  clearUp,
  folder,
  isGone,
  kill,
  killAll,
  launchStarter,
  nobody,
  query,
  removeTemplate,
  start,
  startElsewhere,
  usedFolder,
} from './fixtures/bench.ts';
import { isPostmasterOf } from './postmaster-file.ts';

afterEach(clearUp, 60_000);
afterAll(removeTemplate);

const clusterOf = (dataDir: string) => path.join(dataDir, 'cluster');

test('the first start creates the database, the next one finds what was written', async () => {
  const dataDir = await folder();
  const first = await start(dataDir);
  expect(first).toMatchObject({ adopted: false, version: expect.stringMatching(/^18\./) });
  expect(await query(first, `select current_setting('server_encoding'), current_setting('fsync'), 'é' < 'z'`)).toEqual([
    ['UTF8', 'on', false],
  ]);
  await query(first, 'create table note as select 42 as n');
  await first.stop();

  const second = await start(dataDir);
  expect(second.adopted).toBe(false);
  expect(await query(second, 'select n from note')).toEqual([[42]]);
});

test('the server’s role owns its database but is no superuser', async () => {
  const database = await start(await usedFolder());
  expect(await query(database, 'select rolsuper from pg_roles where rolname = current_user')).toEqual([[false]]);
  await expect(query(database, `copy (select 1) to program 'true'`)).rejects.toThrow('permission denied');
});

test('stop leaves no process and no socket, and may be called twice', async () => {
  const dataDir = await usedFolder();
  const database = await start(dataDir);
  await Promise.all([database.stop(), database.stop()]);
  await database.stop();
  expect(await isPostmasterOf(database.pid, clusterOf(dataDir))).toBe(false);
  expect(isGone(database.connection.host)).toBe(true);
  expect(isGone(path.join(clusterOf(dataDir), 'postmaster.pid'))).toBe(true);
});

test('a postmaster whose server was killed is taken over, with its data', async () => {
  const dataDir = await usedFolder();
  const lost = await startElsewhere(dataDir);
  await query(lost, 'create table note as select 7 as n');
  await kill(lost.child);

  const database = await start(dataDir);
  expect(database).toMatchObject({ adopted: true, pid: lost.pid, connection: lost.connection });
  expect(await query(database, 'select n from note')).toEqual([[7]]);
  await database.stop();
  expect(await isPostmasterOf(lost.pid, clusterOf(dataDir))).toBe(false);
});

test('what was committed survives a kill -9 of everything while writing, again and again', async () => {
  const dataDir = await usedFolder();
  let acknowledged = 0;
  for (let round = 0; round < 5; round++) {
    const server = await startElsewhere(dataDir);
    await query(server, 'create table if not exists note (n int primary key)');
    const [[found]] = (await query(server, 'select coalesce(max(n), 0) from note')) as [[number]];
    expect(found).toBeGreaterThanOrEqual(acknowledged);
    acknowledged = found;
    const writing = (async () => {
      for (;;) {
        await query(server, `insert into note values (${acknowledged + 1})`);
        acknowledged++;
        if (acknowledged === found + 10) void killAll(server.pid).then(() => kill(server.child));
      }
    })();
    await expect(writing).rejects.toThrow();
    await kill(server.child);
  }
  expect(acknowledged).toBeGreaterThanOrEqual(50);
  // Stopped cleanly at last: a killed cluster whose folder is then deleted leaves its shared memory to the system.
  const last = await start(dataDir);
  expect(await query(last, `select max(n) >= ${acknowledged}, max(n) = count(*) from note`)).toEqual([[true, true]]);
}, 20_000);

test('a postmaster that ends while its server lives is started again at the same socket', async () => {
  const dataDir = await usedFolder();
  const lost = await startElsewhere(dataDir);
  await kill(lost.child);
  const database = await start(dataDir);
  let { pid } = database;
  expect(pid).toBe(lost.pid); // one that was taken over, then our own child
  for (let round = 0; round < 2; round++) {
    await killAll(pid);
    await expect.poll(() => database.pid, { timeout: 8000 }).not.toBe(pid);
    pid = database.pid;
    expect(await query(database, 'select 1')).toEqual([[1]]);
  }
  await database.stop();
  expect(await isPostmasterOf(pid, clusterOf(dataDir))).toBe(false);
}, 20_000);

test('a postmaster killed alone leaves backends that do not stop the next start', async () => {
  const dataDir = await usedFolder();
  const server = await startElsewhere(dataDir);
  // Busy in a loop, so it does not notice the postmaster's death by itself.
  const busy = query(server, `do $$ begin loop end loop; end $$`).catch((error: Error) => error);
  await expect
    .poll(() => query(server, `select count(*)::int from pg_stat_activity where query like 'do %'`))
    .toEqual([[1]]);
  await kill(server.child);
  process.kill(server.pid, 'SIGKILL');

  const next = await start(dataDir);
  expect(next.adopted).toBe(false);
  expect(await busy).toBeInstanceOf(Error);
  expect(await query(next, 'select 1')).toEqual([[1]]);
});

test('a stale postmaster.pid whose number another program has does not stop the start', async () => {
  const dataDir = await usedFolder();
  const first = await start(dataDir);
  await first.stop();
  // A process of PostgreSQL's own account: PostgreSQL alone would refuse ("lock file already exists").
  const stranger = await startElsewhere(await usedFolder());
  for (const pid of [process.pid, stranger.pid]) {
    const file = [pid, clusterOf(dataDir), '1', '5432', first.connection.host, '', '0 0', 'ready', ''].join('\n');
    await writeFile(path.join(clusterOf(dataDir), 'postmaster.pid'), file);
    await mkdir(first.connection.host, { recursive: true });
    await writeFile(path.join(first.connection.host, '.s.PGSQL.5432.lock'), file);
    const database = await start(dataDir);
    expect(database.adopted).toBe(false);
    await database.stop();
  }
  expect(await query(stranger, 'select 1')).toEqual([[1]]);
});

test('an initdb that was killed midway is cleared away and begun anew', async () => {
  const dataDir = await folder();
  const unfinished = async () => (await readdir(dataDir)).filter((name) => name.includes('unfinished'));
  const killed = launchStarter(dataDir);
  await expect.poll(unfinished, { interval: 5, timeout: 5000 }).toHaveLength(1);
  const [half] = await unfinished();
  await expect.poll(() => readdir(path.join(dataDir, half!)), { interval: 5 }).toContain('base');
  await kill(killed);
  expect(isGone(clusterOf(dataDir))).toBe(true);

  const database = await start(dataDir);
  expect(await query(database, 'select 1')).toEqual([[1]]);
  expect(await unfinished()).toEqual([]);
});

test('a copy of a folder in use becomes a database of its own', async () => {
  const dataDir = await usedFolder();
  const original = await start(dataDir);
  const copy = await folder();
  // As an operator would: with the postmaster.pid of the original in it, and every file owned by whoever copies.
  await cp(clusterOf(dataDir), clusterOf(copy), { recursive: true });
  const second = await start(copy);
  expect(second.adopted).toBe(false);
  expect(second.pid).not.toBe(original.pid);
});

test('starters that race for one folder all get the same database', async () => {
  const dataDir = await folder();
  const racers = await Promise.all([start(dataDir), start(dataDir), startElsewhere(dataDir)]);
  expect(new Set(racers.map(({ pid }) => pid)).size).toBe(1);
  expect(racers.filter(({ adopted }) => !adopted)).toHaveLength(1);
});

test('a folder too deep for a socket’s path gets its socket in the temporary folder', async () => {
  const dataDir = path.join(await folder(), 'd'.repeat(60), 'e'.repeat(60));
  const database = await start(dataDir);
  expect(database.connection.host).toMatch(/^\/tmp\/rigger-[0-9a-f]{16}$/);
  expect(await query(database, 'select 1')).toEqual([[1]]);
  await database.stop();
  expect(isGone(database.connection.host)).toBe(true);
});

test('a failed start carries PostgreSQL’s own words and what to do', async () => {
  const dataDir = await usedFolder();
  await appendFile(path.join(clusterOf(dataDir), 'postgresql.conf'), `shared_buffers = 'plenty'\n`);
  await expect(start(dataDir)).rejects.toMatchObject({
    code: 'embedded_start_failed',
    message: expect.stringContaining('invalid value for parameter "shared_buffers"'),
    remedy: expect.stringContaining('DATABASE_URL'),
  });
});

test('a folder of another major version is refused and left alone', async () => {
  const dataDir = await folder();
  await mkdir(clusterOf(dataDir), { mode: 0o700 });
  await writeFile(path.join(clusterOf(dataDir), 'PG_VERSION'), '15\n');
  await expect(start(dataDir)).rejects.toMatchObject({ code: 'embedded_version' });
  expect(await readdir(clusterOf(dataDir))).toEqual(['PG_VERSION']);
});

test('the postmaster runs as ourselves, or as the unprivileged account where we are root', async () => {
  const database = await start(await usedFolder());
  const status = await readFile(`/proc/${database.pid}/status`, 'utf8');
  const uid = Number(/^Uid:\t(\d+)/m.exec(status)?.[1]);
  expect(uid).toBe(asRoot ? nobody.uid : process.getuid?.());
  expect(await query(database, 'select 1')).toEqual([[1]]);
});
