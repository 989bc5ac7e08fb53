/**
 * Writes what is made from code: the state machine's table and diagram, the database's resulting schema, the OpenAPI
 * document, the client's types of it, the help of the commands. With --check it writes nothing and fails where a file is not what the code says.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pino from 'pino';
import { startEmbeddedPostgres } from '../packages/server/src/embedded/index.ts';
import { makeApp } from '../packages/server/src/http/app.ts';
import { Streams } from '../packages/server/src/http/streams.ts';
import { diagram, table } from '../packages/server/src/sessions/spec-document.ts';
import { openDatabase } from '../packages/server/src/store/database.ts';
import { describeSchema } from '../packages/server/src/store/describe-schema.ts';
import { migrate } from '../packages/server/src/store/migrate.ts';
import { cliDocument } from './cli-document.ts';
import { clientTypes } from './client-types.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const checking = process.argv.includes('--check');
const stale: string[] = [];

function write(path: string, text: string): void {
  const file = join(root, path);
  let now = '';
  try {
    now = readFileSync(file, 'utf8');
  } catch {}
  if (now === text) return;
  stale.push(path);
  if (!checking) writeFileSync(file, text);
}

function between(text: string, name: string, made: string): string {
  const pattern = new RegExp(`(<!-- generated: ${name} -->\n)[\\s\\S]*?(\n?<!-- end -->)`);
  return text.replace(pattern, (_, start: string) => `${start}${made}\n<!-- end -->`);
}

const spec = 'packages/server/src/sessions/SPEC.md';
write(spec, between(between(readFileSync(join(root, spec), 'utf8'), 'table', table()), 'diagram', diagram()));

const scratch = mkdtempSync(join(tmpdir(), 'rigger-generate-'));
const embedded = await startEmbeddedPostgres({ dataDir: join(scratch, 'postgres'), log: () => {} });
try {
  const database = openDatabase(embedded.connection);
  await migrate(database.clientConfig);
  write('packages/server/src/store/schema.txt', await describeSchema(database.pool));
  await database.close();
} finally {
  await embedded.stop();
  rmSync(scratch, { recursive: true, force: true });
}

// Routes are only described here, never called: the parts they would call need not be there.
const app = await makeApp({ version: '0.1.0', streams: new Streams() } as never, {
  log: pino({ level: 'silent' }),
  host: '127.0.0.1',
  maxBodyBytes: 1,
});
await app.ready();
const document = app.swagger();
write('docs/openapi.json', `${JSON.stringify(document, null, 2)}\n`);
write('packages/client/src/generated/openapi.ts', await clientTypes(document));
await app.close();

const cli = 'docs/CLI.md';
write(cli, between(readFileSync(join(root, cli), 'utf8'), 'commands', cliDocument()));

if (stale.length === 0) console.log('Generated files are up to date.');
else if (checking) {
  console.error(`Not what the code says: ${stale.join(', ')}. Run npm run generate.`);
  process.exitCode = 1;
} else console.log(`Wrote ${stale.join(', ')}.`);
