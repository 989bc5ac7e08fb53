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

export const PERMISSION_KINDS = ['tool', 'question', 'elicitation'] as const;

/** What becomes of a call that asked a person: `content` is what the tool that asks its user, or an MCP server, is given. */
export const permissionDecision = z.discriminatedUnion('behavior', [
  z.object({
    behavior: z.literal('allow'),
    updatedInput: json.optional(),
    /** What is allowed from then on without asking, as rules of the SDK. */
    rules: z.array(z.string()).optional(),
  }),
  z.object({ behavior: z.literal('deny'), message: z.string(), interrupt: z.boolean() }),
  z.object({ behavior: z.literal('answer'), content: json }),
]);
export type PermissionDecision = z.infer<typeof permissionDecision>;

/** What an earlier attempt of a turn asked a person: still waiting, or with an answer that nobody has used. */
export const askedBefore = z.object({
  id: z.string(),
  kind: z.enum(PERMISSION_KINDS),
  tool: z.string(),
  input: json,
  toolUseId: z.string().nullable(),
  decision: permissionDecision.nullable(),
});
export type AskedBefore = z.infer<typeof askedBefore>;

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
  /** What people have allowed it for the whole session, as rules of the SDK. */
  allowedForSession: z.array(z.string()).default([]),
});
export type AgentSpec = z.infer<typeof agentSpec>;

/** What a session's limits still allow, or null where it has none. */
export const allowance = z.object({
  /** Model round trips. */
  remainingTurns: z.int().nullable(),
  remainingBudgetUsd: z.number().nullable(),
});
export type Allowance = z.infer<typeof allowance>;

/** A secret as a session knows it: what stands for it, and the hosts (as patterns) to which its value goes in its place. */
export const boundSecret = z.object({
  name: z.string(),
  /** The variable that holds the placeholder; null for none. */
  env: z.string().nullable(),
  placeholder: z.string().min(16),
  hosts: z.array(z.string()),
  /** The user name with which git uses it as its password for those hosts. */
  git: z.string().nullable(),
});
export type BoundSecret = z.infer<typeof boundSecret>;

export const gitSource = z.object({
  url: z.string(),
  /** A branch, a tag or a full commit id; null for what HEAD is. */
  ref: z.string().nullable(),
  depth: z.int().positive().nullable(),
  secret: boundSecret.nullable(),
});
export type GitSource = z.infer<typeof gitSource>;

/** A snapshot whose files a session is to have, unless the runner has newer ones of it. */
export const restoreOrder = z.object({
  snapshot: z.string(),
  /** The blob that lists its files. */
  manifest: z.string(),
  /** The lease under which it was taken: files that the runner kept from this lease or a later one are newer. 0: of another session. */
  epoch: z.int().min(0),
  /** Whether it takes the place of newer files too. */
  force: z.boolean(),
  /** The session it was taken of, where that is another: its folder here does as well, if it is as new as this. */
  from: z
    .object({ session: sessionId, epoch: z.int().min(0) })
    .nullable()
    .default(null),
  /** With `force`: which request it is for. The same snapshot may be asked for again, and each request is carried out once. */
  request: z.string().nullable().default(null),
});
export type RestoreOrder = z.infer<typeof restoreOrder>;

export const SNAPSHOT_REASONS = ['on_demand', 'parked', 'moved', 'forked', 'turn', 'rewound'] as const;
export const snapshotOrder = z.object({
  id: z.string(),
  reason: z.enum(SNAPSHOT_REASONS),
  /** The turn before which it is taken. */
  turn: z.string().nullable().optional(),
});
export type SnapshotOrder = z.infer<typeof snapshotOrder>;

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
  /** A repository that is cloned when the workspace is empty. */
  gitSource: gitSource.nullable().default(null),
  restore: restoreOrder.nullable().default(null),
  /** Whether the server keeps snapshots, and whether one is to be taken before every turn. */
  keepsSnapshots: z.boolean().default(false),
  checkpoints: z.boolean().default(false),
  /** Hosts that the sandbox may reach, as patterns. */
  allow: z.array(z.string()).default([]),
  secrets: z.array(boundSecret).default([]),
  /** Whether a person can be asked for permission; what would have to be asked is refused otherwise. */
  asks: z.boolean().default(false),
  /** The image to run in; null for the runner's own choice. */
  image: z.string().nullable().default(null),
  /** What it asks for in place of all that the runner gives one session. */
  resources: z
    .object({ memoryBytes: z.int().positive(), cpus: z.number().positive(), processes: z.int().positive() })
    .partial()
    .default({}),
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
  /** At a later attempt: what an earlier one asked. */
  asked: z.array(askedBefore).default([]),
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
    kind: z.literal('snapshot_taken'),
    ...snapshotOrder.shape,
    at: z.iso.datetime(),
    manifest: z.string(),
    /** All that it needs, its manifest too. */
    blobs: z.array(z.string()),
    files: z.int(),
    /** Of the files; of the blobs that hold them; of those that were not there before. */
    bytes: z.int(),
    storedBytes: z.int(),
    addedBytes: z.int(),
    /** What there was that cannot be kept: sockets, devices. */
    skipped: z.int(),
    ms: z.int(),
  }),
  z.object({
    kind: z.literal('snapshot_failed'),
    ...snapshotOrder.shape,
    at: z.iso.datetime(),
    code: z.string(),
    message: z.string(),
  }),
  z.object({
    kind: z.literal('snapshot_restored'),
    id: z.string(),
    request: z.string().nullable().default(null),
    at: z.iso.datetime(),
    files: z.int(),
    ms: z.int(),
  }),
  /** A person is asked. The same request again, as by a process that took the turn up, tells where it is asked now. */
  z.object({
    kind: z.literal('permission_requested'),
    /** Made by the runner. */
    id: z.string(),
    agent: z.string(),
    turn: z.string(),
    at: z.iso.datetime(),
    asks: z.enum(PERMISSION_KINDS),
    tool: z.string(),
    input: json,
    title: z.string(),
    reason: z.string().nullable(),
    toolUseId: z.string().nullable(),
    parentToolUseId: z.string().nullable(),
    /** What `allow` for the whole session would allow. */
    rules: z.array(z.string()),
    /** Whether the turn could go on from this very call, should its process end. */
    resumable: z.boolean(),
  }),
  /** An answer is about to be used: never before this is acknowledged, so that none is used twice. */
  z.object({ kind: z.literal('permission_taken'), id: z.string() }),
  /** The agent's program does not wait for the answer any more, and goes on. */
  z.object({ kind: z.literal('permission_withdrawn'), id: z.string(), at: z.iso.datetime() }),
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

/** What a session's processes use. */
export const sessionUsage = z.object({
  memoryBytes: z.int().min(0),
  /** Processor time since the runner has the session. */
  cpuMs: z.int().min(0),
  processes: z.int().min(0),
});
export type SessionUsage = z.infer<typeof sessionUsage>;

/** What a runner says of itself. */
export const runnerReport = z.object({
  /** How much memory it may still use, of how much; `wantedBytes`: how much more it needs before it takes sessions again. */
  memory: z
    .object({ availableBytes: z.int(), totalBytes: z.int(), short: z.boolean(), wantedBytes: z.int().min(0) })
    .optional(),
  /** By session, where it was measured since the last report. */
  usage: z.record(sessionId, sessionUsage).optional(),
  /** Agents that wait for a session; sessions that took one over since the runner started, and those that could have. */
  warm: z.object({ spares: z.int(), hits: z.int(), misses: z.int() }),
});
export type RunnerReport = z.infer<typeof runnerReport>;

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
    /** What it can do beyond this protocol's first version, such as `files`. */
    features: z.array(z.string()).default([]),
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
  z.object({ type: z.literal('heartbeat'), report: runnerReport.optional() }),
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
  /** Sessions of this kind are to be expected: a runner that has none yet may start an agent for one. It belongs to nobody. */
  z.object({ type: z.literal('warm'), spec: sessionSpec }),
  z.object({ type: z.literal('turn'), session: sessionId, epoch, turn: turnOrder }),
  /** Whether anybody follows the session live: deltas are sent only then. */
  z.object({ type: z.literal('watch'), session: sessionId, epoch, on: z.boolean() }),
  z.object({
    type: z.literal('permission'),
    session: sessionId,
    epoch,
    agent: z.string(),
    id: z.string(),
    decision: permissionDecision,
  }),
  z.object({ type: z.literal('interrupt'), session: sessionId, epoch, turn: z.string() }),
  z.object({
    type: z.literal('release'),
    session: sessionId,
    epoch,
    graceMs: z.int().min(0),
    /** Turns that run are to be taken up later: their end here is no end of them. */
    keepTurns: z.boolean().optional(),
    /** To be taken once its processes have ended, before it is let go. */
    snapshot: snapshotOrder.nullable().optional(),
  }),
  z.object({ type: z.literal('snapshot'), session: sessionId, epoch, snapshot: snapshotOrder }),
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
