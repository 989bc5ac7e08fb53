/** Traces as a collector gets them: over OTLP, from a real run. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bash, type Json, type Rigger, script, startRigger } from './harness.ts';

interface Span {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId: string;
  attributes: Record<string, unknown>;
  status: { code?: number };
}

let collector: Server;
let rigger: Rigger;
const spans: Span[] = [];
let arrived = () => {};
beforeAll(async () => {
  collector = createServer(async (request, response) => {
    const said = JSON.parse(String(await buffer(request))) as Json;
    for (const resource of said.resourceSpans)
      for (const scope of resource.scopeSpans)
        for (const span of scope.spans)
          spans.push({
            ...span,
            attributes: Object.fromEntries(
              span.attributes.map(({ key, value }: Json) => [key, Object.values(value as object)[0]]),
            ),
          });
    response.setHeader('content-type', 'application/json').end('{}');
    arrived();
  }).listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const { port } = collector.address() as AddressInfo;
  rigger = await startRigger({
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_BSP_SCHEDULE_DELAY: '200',
  });
});
afterAll(async () => {
  await rigger.stop();
  collector.close();
});

const found = async (test: (span: Span) => boolean): Promise<Span> => {
  for (;;) {
    const span = spans.find(test);
    if (span !== undefined) return span;
    await new Promise<void>((resolve) => {
      arrived = resolve;
    });
  }
};

test('a request, the turn that it queued, its model calls and its tools are one trace below whoever asked', async () => {
  const session = await rigger.create({ pattern: 'hybrid', config: { allowedTools: ['Bash'] } });
  const caller = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };
  const { body } = await rigger.call(
    'POST',
    `/api/sessions/${session.id}/message`,
    { prompt: script(bash('echo hello'), { text: 'done' }) },
    { traceparent: `00-${caller.traceId}-${caller.spanId}-01` },
  );
  expect(body.turn.status).toBe('succeeded');
  const request = await found((span) => span.name === 'POST /api/sessions/:id/message');
  expect(request).toMatchObject({ traceId: caller.traceId, parentSpanId: caller.spanId });
  expect(request.attributes['http.response.status_code']).toBe(200);
  const turn = await found((span) => span.name === 'invoke_agent main');
  expect(turn).toMatchObject({ traceId: caller.traceId, parentSpanId: request.spanId });
  expect(turn.attributes).toMatchObject({
    'gen_ai.conversation.id': session.id,
    'rigger.turn.id': body.turn.id,
    'rigger.turn.status': 'succeeded',
  });
  const tool = await found((span) => span.name === 'execute_tool Bash');
  expect(tool).toMatchObject({ traceId: caller.traceId, parentSpanId: turn.spanId });
  const calls = await rigger.sql<{ requestId: string }>(
    'SELECT request_id AS "requestId" FROM model_calls WHERE turn_id = $1',
    [body.turn.id],
  );
  expect(calls.length).toBeGreaterThanOrEqual(2);
  for (const { requestId } of calls) {
    const call = await found((span) => span.attributes['gen_ai.response.id'] === requestId);
    expect(call).toMatchObject({ traceId: caller.traceId, parentSpanId: turn.spanId });
    expect(Number(call.attributes['gen_ai.usage.input_tokens'])).toBeGreaterThan(0);
  }
});

test('a turn that nobody’s trace asked for is a trace of its own below its request', async () => {
  const session = await rigger.create({ pattern: 'hybrid', config: {} });
  const { turn } = await rigger.say(session.id, script({ error: { status: 400, message: 'no' } }));
  const span = await found((one) => one.attributes['rigger.turn.id'] === turn.id);
  const request = await found((one) => one.spanId === span.parentSpanId);
  expect(request.name).toBe('POST /api/sessions/:id/message');
  expect(request.traceId).toBe(span.traceId);
  expect(request.parentSpanId ?? '').toBe('');
});

test('what agents say and are told is in no trace', async () => {
  const session = await rigger.create({ pattern: 'hybrid', config: { allowedTools: ['Bash'] } });
  await rigger.say(session.id, script(bash('echo very-private-words'), { text: 'very-private-words' }));
  await found((span) => span.attributes['gen_ai.conversation.id'] === session.id && span.name === 'invoke_agent main');
  expect(JSON.stringify(spans)).not.toContain('very-private-words');
});
