/** What a tool call says in one line: a picture, a name, the argument that matters. */
import {
  Bot,
  FilePen,
  FilePlus,
  FileText,
  FolderSearch,
  Globe,
  ListTodo,
  type LucideIcon,
  MessageCircleQuestion,
  Plug,
  Search,
  Send,
  SquareTerminal,
  Wrench,
} from 'lucide-react';
import type { Json } from '../../../api/types.ts';
import type { ToolCall } from '../../../transcript/rows.ts';
import { shortPath } from '../context.ts';

export interface Described {
  icon: LucideIcon;
  name: string;
  /** The one argument that matters; perhaps nothing. */
  argument: string;
  /** It is code or a path. */
  mono: boolean;
}

const text = (input: Json, ...names: string[]): string => {
  for (const name of names) if (typeof input[name] === 'string' && input[name] !== '') return input[name] as string;
  return '';
};
const firstLine = (value: string): string => value.trim().split('\n')[0] ?? '';
/** The first short text among the arguments, for tools that nobody here knows. */
const anyText = (input: Json): string =>
  Object.values(input).find((value): value is string => typeof value === 'string' && value.length < 200) ?? '';

/** The parts of an MCP tool's name: `mcp__server__tool`. */
export function mcpName(name: string): { server: string; tool: string } | null {
  const match = /^mcp__(.+?)__(.+)$/.exec(name);
  return match === null ? null : { server: match[1]!, tool: match[2]! };
}

function range(input: Json): string {
  const { offset, limit } = input as { offset?: number; limit?: number };
  if (typeof offset !== 'number' && typeof limit !== 'number') return '';
  const from = offset ?? 1;
  return typeof limit === 'number' ? `:${from}–${from + limit - 1}` : `:${from}`;
}

export function describe({ name, input }: Pick<ToolCall, 'name' | 'input'>, workingDirectory: string): Described {
  const path = () => shortPath(text(input, 'file_path', 'path', 'notebook_path'), workingDirectory);
  const line = (icon: LucideIcon, argument: string, mono = false, as = name): Described => ({
    icon,
    name: as,
    argument: firstLine(argument),
    mono,
  });
  switch (name) {
    case 'Bash':
      return line(SquareTerminal, text(input, 'command'), true);
    case 'BashOutput':
    case 'KillShell':
    case 'KillBash':
      return line(SquareTerminal, text(input, 'bash_id', 'shell_id'), true);
    case 'Read':
      return line(FileText, `${path()}${range(input)}`, true);
    case 'Write':
      return line(FilePlus, path(), true);
    case 'Edit':
    case 'MultiEdit':
    case 'NotebookEdit':
      return line(FilePen, path(), true);
    case 'Glob':
      return line(FolderSearch, text(input, 'pattern'), true);
    case 'Grep':
      return line(Search, `${text(input, 'pattern')}${input.path === undefined ? '' : ` in ${path()}`}`, true);
    case 'LS':
      return line(FolderSearch, path(), true);
    case 'Task':
    case 'Agent': {
      const kind = text(input, 'subagent_type');
      return line(Bot, text(input, 'description', 'prompt'), false, kind === '' ? 'Agent' : `Agent ${kind}`);
    }
    case 'TodoWrite':
      return line(ListTodo, todoLine(input), false, 'Todo');
    case 'TaskCreate':
      return line(ListTodo, text(input, 'subject', 'title', 'description'), false, 'New task');
    case 'TaskUpdate':
      return line(ListTodo, [text(input, 'taskId', 'id'), text(input, 'status')].join(' '), false, 'Task');
    case 'TaskList':
    case 'TaskGet':
      return line(ListTodo, text(input, 'taskId', 'id'), false, 'Tasks');
    case 'WebFetch':
      return line(Globe, text(input, 'url'), false, 'Fetch');
    case 'WebSearch':
      return line(Globe, text(input, 'query'), false, 'Web search');
    case 'AskUserQuestion': {
      const [first] = (input.questions as { question?: string }[] | undefined) ?? [];
      return line(MessageCircleQuestion, first?.question ?? '', false, 'Question');
    }
    case 'SendMessage':
      return line(
        Send,
        [text(input, 'to'), text(input, 'summary', 'message')].filter(Boolean).join(': '),
        false,
        'Message',
      );
    default: {
      if (name === 'mcp__rigger__send_message')
        return line(Send, `to ${text(input, 'to')}: ${text(input, 'message')}`, false, 'Message');
      const mcp = mcpName(name);
      return mcp === null
        ? line(Wrench, anyText(input))
        : line(Plug, anyText(input), false, `${mcp.server} · ${mcp.tool}`);
    }
  }
}

function todoLine(input: Json): string {
  const todos = (input.todos as { status?: string; content?: string; activeForm?: string }[] | undefined) ?? [];
  const doing = todos.find(({ status }) => status === 'in_progress');
  const done = todos.filter(({ status }) => status === 'completed').length;
  return `${done} of ${todos.length} done${doing === undefined ? '' : `: ${doing.activeForm ?? doing.content}`}`;
}
