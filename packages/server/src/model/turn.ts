/** Messages, turns and events as the HTTP contract shows them. */
import { z } from 'zod';
import { sessionMetadata } from './session.ts';

const time = z.iso.datetime();
const json = z.record(z.string(), z.unknown());

const textBlock = z.looseObject({ type: z.literal('text'), text: z.string() });
const sourcedBlock = z.looseObject({
  type: z.enum(['image', 'document']),
  source: z.looseObject({ type: z.string() }),
});
export const prompt = z
  .union([z.string().min(1), z.array(z.union([textBlock, sourcedBlock])).min(1)])
  .describe('Text, or content blocks of the Messages API: text, image, document.');
export type Prompt = z.infer<typeof prompt>;

export const messageRequest = z
  .strictObject({
    prompt,
    streaming: z.boolean().default(false),
    agent: z.string().min(1).optional().describe('Which agent of a single-container session; default the coordinator.'),
  })
  .meta({ id: 'MessageRequest' });
export type MessageRequest = z.output<typeof messageRequest>;

export const TURN_STATUSES = ['queued', 'running', 'succeeded', 'failed', 'cancelled', 'interrupted'] as const;
export const turnStatus = z.enum(TURN_STATUSES);
export type TurnStatus = z.infer<typeof turnStatus>;
export const isOver = (status: TurnStatus): boolean => status !== 'queued' && status !== 'running';

export const turnView = z
  .object({
    id: z.string(),
    status: turnStatus,
    agent: z.string(),
    from: z.string().nullable().describe('The agent that sent it, or null for a message from outside.'),
    prompt,
    attempt: z.int(),
    createdAt: time,
    startedAt: time.nullable(),
    finishedAt: time.nullable(),
    cost: z.number().describe('USD.'),
    tokens: z.int(),
    numTurns: z.int(),
    response: z.object({ role: z.literal('assistant'), content: z.string() }).nullable(),
    result: json.nullable().describe('The SDK’s result message.'),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
  })
  .meta({ id: 'Turn' });
export type TurnView = z.infer<typeof turnView>;

export const messageResponse = z
  .object({
    response: z.object({ role: z.literal('assistant'), content: z.string() }),
    result: json,
    latency: z.number().describe('Milliseconds.'),
    turn: turnView,
    session: sessionMetadata,
  })
  .meta({ id: 'MessageResponse' });
export type MessageResponse = z.infer<typeof messageResponse>;

export const sessionEvent = z
  .object({
    seq: z.int().positive(),
    type: z.string(),
    at: time,
    agent: z.string().nullable(),
    turnId: z.string().nullable(),
    data: json,
  })
  .meta({ id: 'Event' });
export type SessionEvent = z.infer<typeof sessionEvent>;

/** What is broadcast beside the log: live only, without a `seq`. */
export interface Delta {
  type: 'sdk.delta';
  agent: string;
  turnId: string | null;
  data: Record<string, unknown>;
}
