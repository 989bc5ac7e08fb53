/**
 * The words that a server and a runner say to each other, as schemas: they check what arrives and give the types.
 *
 * The runner dials the server's WebSocket and speaks JSON, one message a frame. Two rules carry the durability:
 *
 * - Everything about a session carries its `epoch`, the number of the lease under which the runner holds it. The
 *   server refuses what carries an older one (`fenced`), and the runner then drops that session at once.
 * - What must not be lost travels in numbered batches. A runner keeps a batch until the server says `ack`, which it
 *   does once the batch is committed, and sends it again after a reconnect; the server remembers the last number it
 *   committed for an epoch and so commits each batch once.
 *
 * A field or a kind of message may be added in a later version and is passed over by an older peer; none is ever given
 * another meaning.
 */
import { z } from 'zod';

/** Raised when a peer of the former number could not work with this one. */
export const PROTOCOL_VERSION = 1;

const sessionId = z.string().min(1);
const epoch = z.int().positive();
const json = z.record(z.string(), z.unknown());

/** What one agent of a session is made of: the SDK options that JSON can carry, and its own name. */
export const agentSpec = z.object({
  name: z.string(),
  /** What the other agents of a crew are told of it. */
  description: z.string().nullable().default(null),
  /** SDK options by the SDK's names, already checked by the server. */
  options: json,
  /** The SDK session whose transcript the server holds, or null for an agent that has not spoken yet. */
  sdkSessionId: z.string().nullable(),
  /** What the transcript must be cut at, and whether to fork: used at the first start only. */
  resumeAt: z.string().nullable().default(null),
  fork: z.boolean().default(false),
});
export type AgentSpec = z.infer<typeof agentSpec>;

/** What a session's limits still allow, or null where it has none. */
export const allowance = z.object({
  /** Model round trips. */
  remainingTurns: z.int().nullable(),
  remainingBudgetUsd: z.number().nullable(),
});
export type Allowance = z.infer<typeof allowance>;

export const sessionSpec = z.object({
  session: sessionId,
  epoch,
  /** Where the workspace appears inside the sandbox: an absolute path. */
  workingDirectory: z.string(),
  /** Opens the model gateway for this session and nothing else. */
  gatewayToken: z.string(),
  agents: z.array(agentSpec).min(1),
  /** For agents that are brought up before their first turn. */
  allowance,
  /** Whether the agents can write to each other through the `rigger` MCP server. */
  crew: z.boolean(),
  /** Agents to bring up now rather than at their first turn. */
  startNow: z.array(z.string()),
  /** Another session whose workspace is copied in when this one's is empty. */
  workspaceFrom: z.string().nullable().default(null),
  /** A folder of the runner's machine that is copied in when the workspace is empty; the server has checked that it may. */
  sourcePath: z.string().nullable().default(null),
});
export type SessionSpec = z.infer<typeof sessionSpec>;

export const turnOrder = allowance.extend({
  id: z.string(),
  agent: z.string(),
  prompt: z.union([z.string(), z.array(z.looseObject({ type: z.string() }))]),
  /** 1 at first; 2 when the process that ran it died and the turn is taken up again from its transcript. */
  attempt: z.int().min(1),
  /** At a later attempt: the tools that an earlier one called, as far as the log has them. */
  begun: z.array(z.object({ tool: z.string(), input: z.unknown() })).default([]),
  /** How many messages to other agents this turn may send: what bounds a loop of agents that answer each other. */
  messagesAllowed: z.int().min(0),
});
export type TurnOrder = z.infer<typeof turnOrder>;

/** Why a turn ended as it did, by what the runner saw; the server makes the turn's status from it. */
export const turnOutcome = z.enum(['succeeded', 'failed', 'interrupted', 'max_turns', 'budget_exceeded']);
export type TurnOutcome = z.infer<typeof turnOutcome>;

/** One durable fact in a batch. Order within a session is the order in which things happened. */
export const item = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('event'),
    type: z.string(),
    agent: z.string().nullable(),
    turn: z.string().nullable(),
    at: z.iso.datetime(),
    data: json,
  }),
  z.object({
    kind: z.literal('transcript'),
    agent: z.string(),
    sdkSession: z.string(),
    subpath: z.string().nullable(),
    entries: z.array(json),
  }),
  z.object({
    kind: z.literal('agent_started'),
    agent: z.string(),
    sdkSession: z.string(),
    resumed: z.boolean(),
    at: z.iso.datetime(),
    data: json,
  }),
  z.object({ kind: z.literal('turn_started'), turn: z.string(), agent: z.string(), at: z.iso.datetime() }),
  z.object({
    kind: z.literal('turn_finished'),
    turn: z.string(),
    agent: z.string(),
    at: z.iso.datetime(),
    outcome: turnOutcome,
    /** The SDK's result message, unchanged, when there was one. */
    result: json.nullable(),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    /** USD and tokens that this turn added, subagents included, by the SDK's own running totals. */
    costUsd: z.number().min(0),
    tokens: z.int().min(0),
    /** Model round trips of the main conversation. */
    numTurns: z.int().min(0),
    /** Text of the last assistant message. */
    text: z.string(),
    toolsUsed: z.array(z.string()),
  }),
  /** What was spent outside any turn, as when a background task wakes the model after its turn has ended. */
  z.object({
    kind: z.literal('spent'),
    agent: z.string(),
    costUsd: z.number().min(0),
    tokens: z.int().min(0),
    numTurns: z.int().min(0),
    toolsUsed: z.array(z.string()),
  }),
  z.object({
    kind: z.literal('agent_exited'),
    agent: z.string(),
    /** The turn that was running, if any: its fate is the server's to decide. */
    turn: z.string().nullable(),
    at: z.iso.datetime(),
    expected: z.boolean(),
    data: json,
  }),
  z.object({
    kind: z.literal('agent_message'),
    /** Made by the runner, so that sending it twice makes one turn. */
    turn: z.string(),
    from: z.string(),
    to: z.string(),
    text: z.string(),
    during: z.string().nullable(),
    at: z.iso.datetime(),
  }),
]);
export type Item = z.infer<typeof item>;
export type ItemOf<K extends Item['kind']> = Extract<Item, { kind: K }>;

/** Runner → server. */
export const fromRunner = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('hello'),
    protocol: z.int(),
    runner: z.string(),
    /** The process: another one under the same id takes its place. */
    instance: z.string().default(''),
    version: z.string(),
    capacity: z.int().positive(),
    labels: z.array(z.string()),
    isolation: z.string(),
    /** What it holds, and which turns it was given: `<turn>#<attempt>`. */
    sessions: z.array(z.object({ session: sessionId, epoch, turns: z.array(z.string()) })),
    /** Sessions of which it keeps files, held or not. */
    folders: z.array(sessionId),
  }),
  z.object({
    type: z.literal('batch'),
    session: sessionId,
    epoch,
    batch: z.int().positive(),
    items: z.array(item).min(1),
  }),
  /** Live only: never stored, lost when nobody listens. */
  z.object({
    type: z.literal('delta'),
    session: sessionId,
    epoch,
    agent: z.string(),
    turn: z.string().nullable(),
    data: json,
  }),
  z.object({ type: z.literal('released'), session: sessionId, epoch }),
  z.object({ type: z.literal('refused'), session: sessionId, epoch, code: z.string(), message: z.string() }),
  z.object({ type: z.literal('heartbeat') }),
  /** It is about to end: nothing more is to be placed on it. */
  z.object({ type: z.literal('leaving') }),
]);
export type FromRunner = z.infer<typeof fromRunner>;

/** Server → runner. */
export const fromServer = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('welcome'),
    leaseMs: z.int().positive(),
    heartbeatMs: z.int().positive(),
    /** Sessions that the runner said it holds and no longer may. */
    drop: z.array(sessionId),
  }),
  z.object({ type: z.literal('goodbye'), code: z.string(), message: z.string() }),
  z.object({ type: z.literal('open'), spec: sessionSpec }),
  z.object({ type: z.literal('turn'), session: sessionId, epoch, turn: turnOrder }),
  /** Whether anybody follows the session live: deltas are sent only then. */
  z.object({ type: z.literal('watch'), session: sessionId, epoch, on: z.boolean() }),
  z.object({ type: z.literal('interrupt'), session: sessionId, epoch, turn: z.string() }),
  z.object({
    type: z.literal('release'),
    session: sessionId,
    epoch,
    graceMs: z.int().min(0),
    /** Turns that run are to be taken up later: their end here is no end of them. */
    keepTurns: z.boolean().optional(),
  }),
  /** Files of a session that this runner no longer holds. */
  z.object({ type: z.literal('remove_files'), session: sessionId }),
  z.object({ type: z.literal('ack'), session: sessionId, epoch, batch: z.int().positive() }),
  z.object({ type: z.literal('fenced'), session: sessionId, epoch }),
  z.object({ type: z.literal('heartbeat') }),
  z.object({ type: z.literal('shutdown') }),
  /** This server is going away, and the runner is to dial another, or the one that takes its place. */
  z.object({ type: z.literal('reconnect') }),
]);
export type FromServer = z.infer<typeof fromServer>;

/** A frame as a message of the protocol; null for a kind that only a newer peer knows. Throws where it is neither. */
export function parseMessage<S extends typeof fromRunner | typeof fromServer>(
  schema: S,
  frame: string,
): z.output<S> | null {
  const value: unknown = JSON.parse(frame);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data as z.output<S>;
  const { type } = (value ?? {}) as { type?: unknown };
  const known = schema.options.some((option) => option.shape.type.value === type);
  if (typeof type === 'string' && !known) return null;
  throw new Error(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
}
