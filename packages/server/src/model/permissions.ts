/** Requests for permission, and answers to them, as the HTTP contract shows them. */
import { PERMISSION_KINDS } from '@rigger/runner/protocol';
import { z } from 'zod';

const time = z.iso.datetime();
const json = z.record(z.string(), z.unknown());

const permissionKind = z.enum(PERMISSION_KINDS);
export type PermissionKind = z.infer<typeof permissionKind>;

export const PERMISSION_STATUSES = ['pending', 'allowed', 'denied', 'answered', 'expired', 'withdrawn'] as const;
const permissionStatus = z.enum(PERMISSION_STATUSES);
export type PermissionStatus = z.infer<typeof permissionStatus>;

export const PERMISSION_SCOPES = ['once', 'session'] as const;
const permissionScope = z.enum(PERMISSION_SCOPES);
export type PermissionScope = z.infer<typeof permissionScope>;

/** Said to the agent with a denial. */
const message = z.string().max(10_000);

export const permissionAnswer = z
  .discriminatedUnion('behavior', [
    z.strictObject({
      behavior: z.literal('allow'),
      scope: permissionScope
        .default('once')
        .describe('`session`: what `rules` of the request say is not asked for again in this session.'),
      updatedInput: json.optional().describe('What the tool is given in place of its `input`, whole.'),
    }),
    z.strictObject({
      behavior: z.literal('deny'),
      message: message.optional().describe('Said to the agent.'),
      interrupt: z
        .boolean()
        .default(false)
        .describe('Also stops the turn; the agent is then told that it was rejected, and not the message.'),
    }),
    z.strictObject({
      behavior: z.literal('answer'),
      answers: z
        .record(z.string(), z.string())
        .optional()
        .describe('For a question: text of the question → label of an option, or any text.'),
      content: json.optional().describe('For an elicitation: what the MCP server’s `requestedSchema` asks for.'),
    }),
  ])
  .meta({ id: 'PermissionAnswer' });
export type PermissionAnswer = z.output<typeof permissionAnswer>;

export const permissionView = z
  .object({
    id: z.string(),
    sessionId: z.string(),
    agent: z.string(),
    turnId: z.string(),
    kind: permissionKind.describe(
      '`tool`: may it be used? `question`: the agent asks its user. `elicitation`: an MCP server does.',
    ),
    tool: z.string().describe('The tool’s name; of an elicitation the MCP server’s.'),
    input: json.describe('What the tool was called with; of an elicitation what the MCP server asked.'),
    title: z.string().describe('One line for people.'),
    reason: z.string().nullable().describe('Why it is asked, as the agent’s program says it.'),
    toolUseId: z.string().nullable(),
    parentToolUseId: z.string().nullable().optional().describe('The call that runs the subagent which asks.'),
    status: permissionStatus,
    requestedAt: time,
    expiresAt: time.describe('Denied then, unless answered.'),
    answeredAt: time.nullable(),
    answeredBy: z.string().nullable(),
    message: z.string().nullable(),
    updatedInput: json.optional(),
    scope: permissionScope.optional(),
    rules: z
      .array(z.string())
      .optional()
      .describe('What scope `session` would allow from then on, or has allowed, as rules of the Agent SDK.'),
  })
  .meta({ id: 'Permission' });
export type PermissionView = z.infer<typeof permissionView>;

export const permissionListQuery = z.strictObject({
  status: z
    .enum(['pending', 'answered', 'all'])
    .default('pending')
    .describe('`answered`: every one that is not pending, expired and withdrawn ones too.'),
  scope: permissionScope.optional().describe('`session`: what was allowed for the whole session.'),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export type PermissionListQuery = z.output<typeof permissionListQuery>;

export const permissionList = z.object({ permissions: z.array(permissionView) }).meta({ id: 'PermissionList' });
