import { z } from 'zod';

const pattern = z.string().superRefine((source, context) => {
  try {
    new RegExp(source, 'i');
  } catch (error) {
    context.addIssue({ code: 'custom', message: `not a regular expression: ${(error as Error).message}` });
  }
});

const toolCall = z.strictObject({
  name: z.string().min(1),
  input: z.record(z.string(), z.unknown()).default({}),
});

const count = z.int().min(1);
const milliseconds = z.int().min(0).max(3_600_000);

const fault = z.strictObject({
  status: z.int().min(400).max(599),
  /** Default: the API's usual type of that status. */
  type: z.string().min(1).optional(),
  message: z.string().default('An error on demand from the offline model.'),
  /** Seconds, sent as `retry-after`. */
  retryAfter: z.int().min(0).optional(),
  /** Fail that often per conversation and step, then go on with the step's words. Default: always. */
  times: count.optional(),
  /** Fail inside the stream, after that many content deltas, by an `error` event. */
  afterChunks: z.int().min(0).optional(),
});

/** All given conditions must hold. */
const condition = z.strictObject({
  /** Regular expression on the last tool result of this turn; an absent result never matches. */
  lastToolResult: pattern.optional(),
  lastToolFailed: z.boolean().optional(),
  /** Regular expression on the messages the user sent while the turn ran. */
  midTurn: pattern.optional(),
});

const stepFields = {
  thinking: z.string().optional(),
  text: z.string().optional(),
  tools: z.array(toolCall).optional(),
  usage: z
    .strictObject({
      input_tokens: z.int().min(0).optional(),
      output_tokens: z.int().min(0).optional(),
      cache_read_input_tokens: z.int().min(0).optional(),
      cache_creation_input_tokens: z.int().min(0).optional(),
    })
    .optional(),
  /** Wait before the first byte. */
  delayMs: milliseconds.optional(),
  /** Wait between content deltas. */
  chunkDelayMs: milliseconds.optional(),
  /** Fall silent that long after `message_start`. */
  hangMs: milliseconds.optional(),
  /** That often per conversation and step; always when absent. */
  hangTimes: count.optional(),
  /** Cut the connection after that many content deltas … */
  breakAfterChunks: z.int().min(0).optional(),
  /** … that often per conversation and step (default 1, so that a client's retry succeeds). */
  breakTimes: count.optional(),
  error: fault.optional(),
  when: condition.optional(),
};

export interface Step extends z.output<z.ZodObject<typeof stepFields>> {
  else?: Step | undefined;
}
export interface StepInput extends z.input<z.ZodObject<typeof stepFields>> {
  else?: StepInput | undefined;
}

/** One answer of the model. `else` is played when `when` does not hold; without `else` the turn then ends. */
export const stepSchema: z.ZodType<Step, StepInput> = z.strictObject({
  ...stepFields,
  get else(): z.ZodOptional<z.ZodType<Step, StepInput>> {
    return z.optional(z.lazy(() => stepSchema));
  },
});

const matchSchema = z.strictObject({
  prompt: pattern.optional(),
  system: pattern.optional(),
  model: pattern.optional(),
  /** Names that must all be among the offered tools. */
  tools: z.array(z.string()).optional(),
});

/** A scenario file's content. Regular expressions are case-insensitive and match anywhere. */
export const scenarioSchema = z.strictObject({
  name: z.string().min(1),
  description: z.string().optional(),
  match: matchSchema.default({}),
  steps: z.array(stepSchema).min(1),
  /** What is said after the last step: `Done.`, or the last step again. */
  after: z.enum(['end', 'repeat-last']).default('end'),
  /** Start again with the first step after the last one. Such an agent never stops by itself. */
  loop: z.boolean().default(false),
});

/** The object inside a prompt's ```` ```offline ```` block; a bare list of steps is short for `{ "steps": [...] }`. */
export const inlineScriptSchema = scenarioSchema.pick({ steps: true, after: true, loop: true }).extend({
  /** What is said when another process takes the turn up after a crash, where the steps are never played again; the last repeats. */
  again: z.array(stepSchema).min(1).optional(),
});

/** A checked scenario, defaults filled in. */
export type Scenario = z.output<typeof scenarioSchema>;
/** A scenario as people write it. */
export type ScenarioInput = z.input<typeof scenarioSchema>;
