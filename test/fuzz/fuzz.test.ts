/**
 * Thousands of requests made of the OpenAPI document, most of them bad, against a real server: none is answered with 5xx, and
 * none with what the document does not say. RIGGER_FUZZ_SEED and RIGGER_FUZZ_REQUESTS for another or a longer run.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN_KEY, type Rigger, startRigger } from '../../packages/rigger/test/harness.ts';
import { Contract, type Operation, operationsOf } from './contract.ts';
import { makeRandom } from './random.ts';
import { junkText, Values } from './values.ts';

const SEED = Number(process.env.RIGGER_FUZZ_SEED ?? 1);
const REQUESTS = Number(process.env.RIGGER_FUZZ_REQUESTS ?? 3_000);
const AT_ONCE = 8;
/** Kept from sessions that would start a process each: agents are not what is tried here. */
const QUIET = { pattern: 'hybrid' };

let rigger: Rigger;
let contract: Contract;
beforeAll(async () => {
  rigger = await startRigger({
    RIGGER_ISOLATION: 'none',
    RIGGER_RUNNER_CAPACITY: '4',
    RIGGER_BOOTSTRAP_KEY: ADMIN_KEY,
    // What is tried is what is answered, not how much.
    RIGGER_REQUESTS_PER_MINUTE: '',
    RIGGER_CREATES_PER_MINUTE: '',
    RIGGER_MESSAGES_PER_MINUTE: '',
    RIGGER_ACTIVE_SESSIONS: '',
  });
  contract = new Contract((await rigger.call('GET', '/openapi.json')).body);
});
afterAll(() => rigger?.stop());

interface Request {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string;
}

test(`${REQUESTS} requests of seed ${SEED} are all answered as the document says`, async () => {
  const random = makeRandom(SEED);
  const values = new Values(random, contract.document.components.schemas);
  const operations = operationsOf(contract.document).filter(({ path }) => !path.endsWith('/ws'));
  for (let n = 0; n < 3; n += 1) values.known.push((await rigger.create(QUIET)).id);

  const make = (operation: Operation): Request => {
    const query = new URLSearchParams();
    for (const { name, in: place, required, schema } of operation.parameters)
      if (place === 'query' && (required || random.chance(0.3)))
        query.append(name, random.chance(0.5) ? String(values.fitting(schema ?? {})) : junkText(random));
    const path = operation.path.replaceAll(/\{([^}]+)\}/g, (_, name: string) =>
      name === '*'
        ? random.pick(['a.txt', 'b/c.txt', '..%2f..%2fetc%2fpasswd', 'x'.repeat(300), '%00', 'a%5cb', '.'])
        : encodeURIComponent((random.chance(0.6) ? random.pick(values.known) : junkText(random)).toWellFormed()) || '_',
    );
    const headers: Record<string, string> = { prefer: 'respond-async' };
    // Now and then nobody, or somebody who is not known.
    if (random.chance(0.97)) headers.authorization = `Bearer ${ADMIN_KEY}`;
    else if (random.chance(0.5)) headers.authorization = random.pick(['Bearer rgr_no', 'Basic eA==', 'Bearer a.b.c']);
    if (random.chance(0.1)) headers['idempotency-key'] = random.pick(['one', 'two', 'x'.repeat(300)]);
    let body: string | undefined;
    if (operation.body !== null) {
      headers['content-type'] = random.chance(0.95)
        ? 'application/json'
        : random.pick(['text/plain', 'application/xml', 'x']);
      const fitting = values.fitting(operation.body);
      const wanted = random.chance(0.3) ? fitting : values.broken(fitting);
      const quiet = typeof wanted === 'object' && wanted !== null && 'pattern' in wanted && random.chance(0.9);
      body = random.chance(0.03)
        ? random.pick(['{', '[1,', 'nul', '"', '\ufeff{}'])
        : JSON.stringify(quiet ? { ...wanted, ...QUIET } : wanted);
    } else if (operation.method === 'PUT') {
      headers['content-type'] = random.pick([
        'application/octet-stream',
        'application/x-tar',
        'application/gzip',
        'application/zstd',
      ]);
      body = junkText(random);
    }
    return {
      method: operation.method,
      path: `${path}${query.size > 0 ? `?${query}` : ''}`,
      headers,
      ...(body === undefined ? {} : { body }),
    };
  };

  const violations = new Map<string, string>();
  const answered = new Map<number, number>();
  let made = 0;
  let away = 0;
  const one = async (): Promise<void> => {
    while (made < REQUESTS) {
      made += 1;
      const operation = random.pick(operations);
      const { path, ...request } = make(operation);
      const answer = await fetch(new URL(path, rigger.url), request);
      const text = await answer.text();
      answered.set(answer.status, (answered.get(answer.status) ?? 0) + 1);
      // What a junk id made of the path may be another route, or none.
      const other = answer.status === 404 && text.includes('route_not_found');
      // A session whose runner just lets go of it: it says so, and the same request goes well a moment later.
      const passing = answer.status === 503 && text.includes('"files_unavailable"');
      if (passing) away += 1;
      const wrong =
        other || passing
          ? null
          : contract.violation(operation, answer.status, answer.headers.get('content-type') ?? '', text);
      if (wrong !== null)
        violations.set(
          `${operation.method} ${operation.path} ${answer.status} ${wrong.slice(0, 40)}`,
          `${wrong}\n  ${JSON.stringify({ path, ...request }).slice(0, 600)}`,
        );
      if (answer.status === 201 && operation.path === '/api/sessions') {
        values.known.push((JSON.parse(text) as { id: string }).id);
        if (values.known.length > 40) values.known.shift();
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  expect(Object.fromEntries(violations)).toEqual({});
  expect(away).toBeLessThan(REQUESTS / 100);
  // Most are bad, but not all: what everything refuses passes trivially.
  expect((answered.get(200) ?? 0) + (answered.get(201) ?? 0)).toBeGreaterThan(REQUESTS / 20);
  expect(answered.get(400) ?? 0).toBeGreaterThan(REQUESTS / 20);
  expect((await rigger.call('GET', '/readyz')).body.ready).toBe(true);
}, 300_000);
