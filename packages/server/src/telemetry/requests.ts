/** Requests as spans: each has its place as it comes in, so that what it sets going can be put below it. */
import { SpanKind } from '@opentelemetry/api';
import { newPlace, readTraceparent, type Tracing, toTraceparent } from './traces.ts';

/** A request that is being answered. */
export interface TracedRequest {
  /** What goes into `traceparent` of whatever it asks for. */
  traceparent: string;
  ended(answer: { method: string; route: string; status: number; path: string }): void;
}

/** @returns what makes of a request's own `traceparent` its place in that trace, or in one of its own. */
export function traceRequests(tracing: Tracing): (header: unknown) => TracedRequest {
  return (header) => {
    const parent = readTraceparent(header);
    const self = newPlace(parent);
    const from = new Date();
    return {
      traceparent: toTraceparent(self),
      ended: ({ method, route, status, path }) =>
        tracing.ended({
          name: `${method} ${route}`,
          kind: SpanKind.SERVER,
          parent,
          self,
          from,
          to: new Date(),
          attributes: {
            'http.request.method': method,
            'http.route': route,
            'url.path': path,
            'http.response.status_code': status,
          },
          ...(status >= 500 ? { error: `status ${status}` } : {}),
        }),
    };
  };
}
