/**
 * `config` of a session: the Agent SDK's serialisable options under the SDK's own names, and what clients of the
 * brief's API send. Whatever is in here can be stored, sent to a runner and given to the SDK there.
 */
import { z } from 'zod';
import { hostPattern, secretName, secretUse } from './secrets.ts';

const toolNames = z
  .array(z.string().min(1))
  .describe('Tool names or rules of the Agent SDK, such as `Read` or `Bash(npm test:*)`.');
const permissionMode = z.enum(['default', 'acceptEdits', 'bypassPermissions', 'plan', 'dontAsk', 'auto']);
const effort = z.union([z.enum(['low', 'medium', 'high', 'xhigh', 'max']), z.number()]);
const systemPrompt = z.union([z.string(), z.array(z.string()), z.looseObject({ type: z.enum(['custom', 'preset']) })]);
const absolutePath = z
  .string()
  .regex(/^\/[^\0]*$/, 'must be an absolute path')
  .max(1024);
const usd = z.number().nonnegative();
const count = z.int().positive();

const mcpServer = z.union([
  z.strictObject({
    type: z.literal('stdio').optional(),
    command: z.string().min(1),
    args: z.array(z.string()).optional(),
    env: z.record(z.string(), z.string()).optional(),
    timeout: count.optional(),
    alwaysLoad: z.boolean().optional(),
  }),
  z.strictObject({
    type: z.enum(['sse', 'http']),
    url: z.url(),
    headers: z.record(z.string(), z.string()).optional(),
    timeout: count.optional(),
    alwaysLoad: z.boolean().optional(),
  }),
]);

const source = z.union([
  z.strictObject({ path: absolutePath }),
  z.strictObject({ snapshot: z.string().min(1).max(255).describe('The files of a snapshot, of whatever session.') }),
  z.strictObject({
    git: z
      .url({ protocol: /^https?$/ })
      .refine((url) => !/^\w+:\/\/[^/]*@/.test(url), 'no user or password: name a secret of the vault instead'),
    ref: z
      .string()
      .regex(/^(?!-)[\w./@-]{1,200}$/)
      .optional()
      .describe('A branch, a tag or a full commit id; by default what the repository’s HEAD is.'),
    depth: count.optional().describe('How many commits of history; all by default.'),
    secret: secretName.optional().describe('A secret of the vault that git gives as its password there.'),
    username: z.string().min(1).max(100).optional().describe('Beside `secret`; by default `x-access-token`.'),
  }),
]);

/** Hooks that JSON can carry: those of the SDK's settings files, run inside the sandbox. */
const hooks = z.record(
  z.string(),
  z.array(
    z.looseObject({
      matcher: z.string().optional(),
      hooks: z.array(z.looseObject({ type: z.enum(['command', 'prompt']), command: z.string().optional() })),
    }),
  ),
);

const subagent = z.looseObject({
  description: z.string(),
  prompt: z.string(),
  tools: toolNames.optional(),
  disallowedTools: toolNames.optional(),
  model: z.string().optional(),
});

/** One agent of a single-container session. Members beyond these are kept as metadata. */
export const customAgent = z
  .looseObject({
    systemPrompt: systemPrompt.optional(),
    prompt: systemPrompt.optional(),
    allowedTools: toolNames.optional(),
    tools: toolNames.optional(),
    disallowedTools: toolNames.optional(),
    description: z.string().optional(),
    model: z.string().optional(),
    maxTurns: count.optional(),
    maxBudgetUsd: usd.optional(),
    permissionMode: permissionMode.optional(),
    workingDirectory: z.string().optional(),
  })
  .describe('Its own conversation under `single-container`; a subagent of the main agent under the other patterns.');
export type CustomAgent = z.infer<typeof customAgent>;

export const agentName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, 'letters, digits, `_`, `.` and `-`, at most 64');

export const sessionConfig = z
  .strictObject({
    model: z.string().min(1).optional().describe('Passed on as given, retired names included.'),
    fallbackModel: z.string().optional(),
    systemPrompt: systemPrompt.optional(),
    maxTurns: count.optional().describe('Caps the model round trips of one message.'),
    maxBudgetUsd: usd.optional().describe('Used as the session’s budget when the session itself has none.'),
    allowedTools: toolNames
      .optional()
      .describe(
        'Run without asking. Any other tool asks a person, and waits: GET …/permissions; it is refused where nobody can be asked.',
      ),
    disallowedTools: toolNames.optional(),
    tools: z
      .union([toolNames, z.strictObject({ type: z.literal('preset'), preset: z.literal('claude_code') })])
      .optional(),
    permissionMode: permissionMode
      .optional()
      .describe('`dontAsk`: what is not allowed is refused, and nobody is asked. Default: `default`.'),
    permissions: z
      .strictObject({ allow: toolNames.optional(), ask: toolNames.optional(), deny: toolNames.optional() })
      .optional()
      .describe(
        'Rules for tools: what `deny` names is refused, what `ask` names is asked whatever allows it, what `allow` names runs.',
      ),
    permissionTimeoutMs: z
      .int()
      .min(0)
      .max(315_360_000_000)
      .optional()
      .describe(
        'How long a request waits for a person before it is denied; 0: nobody is asked, and it is denied at once.',
      ),
    allowDangerouslySkipPermissions: z.boolean().optional(),
    workingDirectory: absolutePath
      .optional()
      .describe('A path inside the sandbox at which the workspace appears; never a folder of the host.'),
    source: source
      .optional()
      .describe(
        'What the new workspace is filled with: a folder of the server’s machine (only from those that RIGGER_SOURCE_FOLDERS names), or a git repository over https.',
      ),
    network: z
      .strictObject({ allow: z.array(hostPattern).max(200) })
      .optional()
      .describe(
        'Hosts that the sandbox may reach: `host`, `*.host`, `host:port`. Those of its `mcpServers` and secrets are added. None by default.',
      ),
    secrets: z.array(secretUse).max(50).optional(),
    runnerLabels: z
      .array(z.string().regex(/^[\w.:/-]{1,100}$/, 'letters, digits and . _ - : / only'))
      .max(20)
      .optional()
      .describe('Labels that the runner of this session must have, such as `gpu`. It waits until one has them.'),
    image: z
      .string()
      .regex(/^[a-z0-9][\w./:@-]{0,254}$/, 'an image name')
      .optional()
      .describe('The image to run in, where agents run in containers: one of those that the operator lists.'),
    resources: z
      .strictObject({
        memoryMb: z.number().min(64).optional().describe('MiB.'),
        cpus: z.number().min(0.01).optional(),
        pids: z.int().min(32).optional().describe('Processes and threads.'),
      })
      .optional()
      .describe('Less than what the operator lets a sandbox have.'),
    additionalDirectories: z.array(absolutePath).optional(),
    env: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string()).optional(),
    mcpServers: z.record(z.string().min(1), mcpServer).optional(),
    strictMcpConfig: z.boolean().optional(),
    agents: z.record(z.string().min(1), subagent).optional(),
    agent: z.string().optional(),
    customAgents: z.record(agentName, customAgent).optional(),
    hooks: hooks.optional(),
    settingSources: z.array(z.enum(['user', 'project', 'local'])).optional(),
    plugins: z.array(z.strictObject({ type: z.literal('local'), path: absolutePath })).optional(),
    skills: z.union([z.array(z.string()), z.literal('all')]).optional(),
    outputFormat: z
      .strictObject({ type: z.literal('json_schema'), schema: z.record(z.string(), z.unknown()) })
      .optional(),
    thinking: z.looseObject({ type: z.enum(['adaptive', 'enabled', 'disabled']) }).optional(),
    maxThinkingTokens: z.int().nonnegative().optional(),
    effort: effort.optional(),
    betas: z.array(z.string()).optional(),
    taskBudget: z.looseObject({}).optional(),
    forwardSubagentText: z.boolean().optional(),
    includePartialMessages: z.boolean().optional(),
    enableFileCheckpointing: z
      .boolean()
      .optional()
      .describe(
        'Keeps the workspace as it is before every turn, whatever changes it, so that POST …/rewind leads back there.',
      ),
    resumeSessionId: z.string().min(1).optional().describe('A Rigger session id or an SDK session id.'),
    resumeAtMessageId: z.string().min(1).optional(),
    forkSession: z.boolean().optional(),
    continueSession: z
      .boolean()
      .optional()
      .describe('Continues the newest session of the same `conversationId`, if there is one.'),
    executable: z.string().optional().describe('Accepted without effect: the agent runs as a native program.'),
    executableArgs: z.array(z.string()).optional().describe('Accepted without effect.'),
  })
  .meta({ id: 'SessionConfig' });
export type SessionConfig = z.infer<typeof sessionConfig>;

/** SDK options that cannot be hosted, each with what to do instead. They are refused by name. */
export const UNHOSTABLE: Record<string, string> = {
  abortController: 'use POST …/interrupt',
  canUseTool: 'a function cannot be sent; use allowedTools, disallowedTools and permissionMode',
  cwd: 'use workingDirectory, a path inside the sandbox',
  continue: 'use continueSession',
  resume: 'use resumeSessionId',
  resumeSessionAt: 'use resumeAtMessageId',
  debugFile: 'the log of a session is at …/events',
  extraArgs: 'flags of the agent program are Rigger’s own',
  onElicitation: 'a function cannot be sent',
  onUserDialog: 'a function cannot be sent',
  pathToClaudeCodeExecutable: 'the agent program is Rigger’s own',
  permissionPromptToolName: 'use allowedTools, disallowedTools and permissionMode',
  persistSession: 'transcripts are always kept until the session is deleted',
  sandbox: 'the sandbox is Rigger’s own; see RIGGER_ISOLATION',
  sessionId: 'the SDK’s session id is told in the answer',
  sessionStore: 'transcripts are kept in Rigger’s database',
  settings: 'use hooks, allowedTools and disallowedTools',
  managedSettings: 'use allowedTools and disallowedTools',
  spawnClaudeCodeProcess: 'a function cannot be sent',
  stderr: 'a function cannot be sent',
};

/** Variables that say who pays, where the agent keeps its state or how it is contained. */
const RESERVED_ENV =
  /^(ANTHROPIC_|CLAUDE_|RIGGER_|AWS_BEARER_TOKEN_BEDROCK$|LD_|NODE_OPTIONS$|BASH_ENV$|IS_SANDBOX$|HOME$|PATH$|TMPDIR$)/;
export const isReservedEnv = (name: string): boolean => RESERVED_ENV.test(name);

/** Members that are taken for compatibility and do nothing; said in the session's `notices`. */
export const WITHOUT_EFFECT = ['executable', 'executableArgs'] as const;
