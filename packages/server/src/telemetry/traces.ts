/**
 * Traces by OpenTelemetry, with the names of its conventions for generative AI: a request, the turn it queued, the turn's model
 * calls and its tools. They are made by whichever server sees each of them end, perhaps three different ones; so a turn's place
 * in its trace is made of its id, and everybody knows it beforehand.
 *
 * Sent by OTLP over HTTP where OTEL_EXPORTER_OTLP_ENDPOINT says; without it nothing is made.
 */
import { createHash, randomBytes } from 'node:crypto';
import {
  type Attributes,
  ROOT_CONTEXT,
  type SpanContext,
  type SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';

export interface Ended {
  name: string;
  kind: SpanKind;
  /** Null: a trace of its own. */
  parent: SpanContext | null;
  /** Its own place, where that is known beforehand. */
  self?: SpanContext;
  from: Date;
  to: Date;
  attributes: Attributes;
  /** What went wrong, if something did. */
  error?: string;
}

export interface Tracing {
  /** Writes down something that has ended. */
  ended(span: Ended): void;
  /** Sends what was not yet sent, for a bounded time. */
  close(): Promise<void>;
}

const CLOSE_PATIENCE_MS = 2_000;
const SEND_EVERY_MS = 5_000;
const HEADER = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** W3C's `traceparent`; null where it is none. */
export function readTraceparent(header: unknown): SpanContext | null {
  const [, traceId = '', spanId = '', flags = ''] = HEADER.exec(String(header)) ?? [];
  if (traceId === '' || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return null;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED, isRemote: true };
}

export const toTraceparent = ({ traceId, spanId, traceFlags }: SpanContext): string =>
  `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;

/** A new place below `parent`, or one that begins a trace. */
export const newPlace = (parent: SpanContext | null): SpanContext => ({
  traceId: parent?.traceId ?? randomBytes(16).toString('hex'),
  spanId: randomBytes(8).toString('hex'),
  traceFlags: parent?.traceFlags ?? TraceFlags.SAMPLED,
});

/** A turn's place, which every server makes alike. */
export function placeOfTurn(turnId: string, traceparent: string | null): SpanContext {
  const own = createHash('sha256').update(turnId).digest('hex');
  const parent = readTraceparent(traceparent);
  return {
    traceId: parent?.traceId ?? own.slice(0, 32),
    spanId: own.slice(32, 48),
    traceFlags: parent?.traceFlags ?? TraceFlags.SAMPLED,
  };
}

/** Gives the places that are known beforehand, and random ones otherwise. */
class Places {
  next: SpanContext | null = null;
  generateTraceId = (): string => this.next?.traceId ?? randomBytes(16).toString('hex');
  generateSpanId = (): string => this.next?.spanId ?? randomBytes(8).toString('hex');
}

/** @param env OpenTelemetry's own variables: where to send, with which headers, under which name. */
export function makeTracing(env: Record<string, string | undefined>, about: Attributes): Tracing | null {
  const endpoint = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? env.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (endpoint === undefined || endpoint === '' || env.OTEL_SDK_DISABLED === 'true') return null;
  const places = new Places();
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': env.OTEL_SERVICE_NAME ?? 'rigger', ...about }),
    idGenerator: places,
    // The exporter reads the same variables itself.
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter(),
        scheduledDelayMillis: Number(env.OTEL_BSP_SCHEDULE_DELAY) || SEND_EVERY_MS,
      }),
    ],
  });
  const tracer: Tracer = provider.getTracer('rigger');
  return {
    ended({ name, kind, parent, self, from, to, attributes, error }) {
      if (parent !== null && (parent.traceFlags & TraceFlags.SAMPLED) === 0) return;
      const context = parent === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
      places.next = self ?? null;
      const span = tracer.startSpan(name, { kind, startTime: from, attributes }, context);
      places.next = null;
      if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: error });
      span.end(to);
    },
    close: async () => {
      await Promise.race([
        provider.shutdown().catch(() => {}),
        new Promise((resolve) => setTimeout(resolve, CLOSE_PATIENCE_MS).unref()),
      ]);
    },
  };
}
