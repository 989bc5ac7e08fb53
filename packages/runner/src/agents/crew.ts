/** How the agents of one session reach each other: an MCP server in this process, two tools. */
import { createSdkMcpServer, type McpSdkServerConfigWithInstance, tool } from '@anthropic-ai/claude-agent-sdk';
import { z } from 'zod';

export const CREW_SERVER = 'rigger';
export const CREW_TOOLS = [`mcp__${CREW_SERVER}__send_message`, `mcp__${CREW_SERVER}__list_agents`];

export interface CrewMember {
  name: string;
  description: string | null;
  state: 'working' | 'idle';
}

export interface CrewOptions {
  self: string;
  members(): CrewMember[];
  /** Puts a message into another agent's queue, or says why not. */
  send(to: string, message: string): { sent: true } | { sent: false; why: string };
}

const says = (text: string, isError = false) => ({ content: [{ type: 'text' as const, text }], isError });

export function crewServer({ self, members, send }: CrewOptions): McpSdkServerConfigWithInstance {
  return createSdkMcpServer({
    name: CREW_SERVER,
    version: '1.0.0',
    alwaysLoad: true,
    tools: [
      tool(
        'send_message',
        'Sends a message to another agent of this session. It arrives as that agent’s next turn; its answer, if any, comes to you as a message in a later turn of yours. Do not wait for it: end your turn.',
        { to: z.string().describe('The name of the agent.'), message: z.string().min(1).describe('What to tell it.') },
        async ({ to, message }) => {
          if (to === self) return says('That is your own name.', true);
          if (!members().some((member) => member.name === to))
            return says(
              `There is no agent “${to}”. There are: ${members()
                .map((member) => member.name)
                .join(', ')}.`,
              true,
            );
          const outcome = send(to, message);
          return outcome.sent ? says(`Delivered to the queue of ${to}.`) : says(outcome.why, true);
        },
      ),
      tool('list_agents', 'Lists the agents of this session and what each is doing.', {}, async () =>
        says(
          members()
            .map(
              (member) =>
                `${member.name}${member.name === self ? ' (you)' : ''}: ${member.state}${member.description === null ? '' : `. ${member.description}`}`,
            )
            .join('\n'),
        ),
      ),
    ],
  });
}

/** What an agent is told of the others, after its own system prompt. */
export const crewNote = (self: string, others: string[]): string =>
  `You are the agent “${self}”. ${others.length === 0 ? 'You are alone in this session.' : `The other agents of this session are: ${others.join(', ')}. You share one workspace with them. Use the tools send_message and list_agents of the “${CREW_SERVER}” server to work with them.`}`;
