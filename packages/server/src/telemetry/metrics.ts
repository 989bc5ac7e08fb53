/**
 * Every metric that a server has, by name. Labels are bounded: patterns, statuses, routes, endpoints by name; never a session, a
 * user or a key. What a server counts, it counts for what it did itself: sums over servers are the whole. Gauges of the whole
 * (`rigger_sessions` and those beside it) are read from the database, and are the same on every server.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

const FAST = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const MODEL = [0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120];
const TURN = [0.25, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 900, 3_600];

export type Metrics = ReturnType<typeof makeMetrics>;

export function makeMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  // The library's own, named as counters, which they are not.
  for (const kind of ['handles', 'requests', 'resources']) registry.removeSingleMetric(`nodejs_active_${kind}_total`);
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: L[] = []) =>
    new Counter<L>({ name, help, labelNames, registers });
  const gauge = <L extends string>(name: string, help: string, labelNames: L[] = []) =>
    new Gauge<L>({ name, help, labelNames, registers });
  const histogram = <L extends string>(name: string, help: string, buckets: number[], labelNames: L[] = []) =>
    new Histogram<L>({ name, help, buckets, labelNames, registers });
  return {
    registry,

    sessions: gauge('rigger_sessions', 'Sessions that there are, over all servers.', ['pattern', 'status']),
    queuedTurns: gauge('rigger_turns_queued', 'Turns that wait, over all servers.'),
    queueAge: gauge('rigger_turns_queued_oldest_seconds', 'How long the longest waiting turn has waited; 0 for none.'),
    pendingPermissions: gauge('rigger_permissions_pending', 'Requests that wait for a person, over all servers.'),
    runners: gauge('rigger_runners', 'Runners whose lease holds.', ['state']),
    runnerCapacity: gauge('rigger_runner_capacity', 'Sessions that live runners may hold.'),
    runnerSessions: gauge('rigger_runner_sessions', 'Sessions that live runners hold.'),
    pods: gauge('rigger_pods', 'Pods of sessions: coming up, waiting for one, holding one, ending.', ['state']),
    warmSpares: gauge('rigger_warm_spares', 'Agents that wait for a session.'),
    warmHits: gauge('rigger_warm_hits', 'Sessions that found an agent waiting, since their runners started.'),
    warmMisses: gauge('rigger_warm_misses', 'Sessions that could have and did not, since their runners started.'),

    sessionsCreated: counter('rigger_sessions_created_total', 'Sessions created here.', ['pattern']),
    sessionsEnded: counter('rigger_sessions_ended_total', 'Sessions that a change made here ended.', [
      'pattern',
      'status',
      'reason',
    ]),
    turns: counter('rigger_turns_finished_total', 'Turns whose end was written here.', ['pattern', 'status']),
    turnSeconds: histogram('rigger_turn_duration_seconds', 'From a turn’s start to its end.', TURN, ['pattern']),
    turnWait: histogram('rigger_turn_wait_seconds', 'From a message to its turn’s start.', TURN, ['pattern']),
    events: counter('rigger_events_total', 'Events that were committed here.'),
    permissions: counter('rigger_permissions_answered_total', 'Requests for permission that were decided here.', [
      'status',
    ]),
    limits: counter('rigger_limits_exceeded_total', 'Sessions that met one of their limits here.', ['limit']),
    egressRefused: counter('rigger_egress_refused_total', 'Connections out of sandboxes that were refused.'),

    modelCalls: counter('rigger_model_calls_total', 'Model calls that this server carried.', ['upstream', 'outcome']),
    modelFirstByte: histogram(
      'rigger_model_first_byte_seconds',
      'From a model call to the first byte of its answer.',
      MODEL,
      ['upstream'],
    ),
    modelSeconds: histogram(
      'rigger_model_call_duration_seconds',
      'From a model call to the end of its answer.',
      MODEL,
      ['upstream'],
    ),
    modelCost: counter('rigger_model_cost_usd_total', 'What they cost, in US dollars.', ['upstream']),
    modelTokens: counter('rigger_model_tokens_total', 'What they used.', ['upstream', 'class']),
    modelRefused: counter(
      'rigger_model_calls_refused_total',
      'Model calls for which there was no money, by whose budget.',
      ['scope'],
    ),

    http: histogram('rigger_http_request_duration_seconds', 'Requests until their answer ended.', FAST, [
      'method',
      'route',
      'status',
    ]),
    streams: gauge('rigger_stream_clients', 'Readers of logs that are connected here.'),
    sweep: histogram('rigger_sweep_duration_seconds', 'Looking for what is due.', FAST),
    statements: histogram('rigger_database_statement_seconds', 'Statements, from the call to their answer.', FAST, [
      'outcome',
    ]),
    connections: gauge('rigger_database_connections', 'Connections of this server’s pool.', ['state']),
  };
}
