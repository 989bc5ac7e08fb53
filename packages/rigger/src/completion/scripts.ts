/** Completion for shells. Ids of sessions are asked of the server; all else is in the script, so that completing takes no time. */
import type { CompletedCommand } from './shape.ts';

const IDS = 'rigger ps -aq 2>/dev/null';
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** Words and options of each command, as the branches of a `case` over the words so far. */
const branches = (commands: CompletedCommand[]): string =>
  commands
    .map(({ path, commands: subs, options, takesSession }) => {
      const words = [...subs.map(({ name }) => name), ...options.flatMap(({ flags }) => flags)];
      return `    ${quoted(path.join(' '))}) offered=${quoted(words.join(' '))}; session=${takesSession ? 1 : 0} ;;`;
    })
    .join('\n');

/** Options whose value is one of a few. */
const choices = (commands: CompletedCommand[]): string => {
  const known = new Map<string, string>();
  for (const { options } of commands)
    for (const { flags, choices: values } of options)
      if (values.length > 0) for (const flag of flags) known.set(flag, values.join(' '));
  return [...known].map(([flag, values]) => `    ${flag}) values=${quoted(values)} ;;`).join('\n');
};

const leading = (commands: CompletedCommand[]): string =>
  commands
    .filter(({ path }) => path.length > 0)
    .map(({ path }) => quoted(path.join(' ')))
    .join('|');

/** What bash and zsh share: finds the command that the words name, and sets `offered`, `session` and `values`. */
const lookUp = (commands: CompletedCommand[]): string => `__rigger_look_up() {
  local word next
  command= offered= session=0 values=
  for word in "$@"; do
    case $word in -*) continue ;; esac
    next=\${command:+$command }$word
    case $next in
    ${leading(commands)}) command=$next ;;
    *) break ;;
    esac
  done
  case $previous in
${choices(commands)}
  esac
  case $command in
${branches(commands)}
  esac
}`;

export const bash = (
  commands: CompletedCommand[],
): string => `# rigger completion for bash:  source <(rigger completion bash)
${lookUp(commands)}
__rigger() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command offered session values
  __rigger_look_up "\${COMP_WORDS[@]:1:COMP_CWORD-1}"
  if [ -n "$values" ]; then offered=$values
  elif [ "$session" = 1 ] && [ "\${current#-}" = "$current" ]; then offered="$offered $(${IDS})"
  fi
  COMPREPLY=($(compgen -W "$offered" -- "$current"))
}
complete -o bashdefault -o default -F __rigger rigger
`;

export const zsh = (commands: CompletedCommand[]): string => `#compdef rigger
# rigger completion for zsh:  source <(rigger completion zsh)
${lookUp(commands)}
_rigger() {
  emulate -L zsh
  local previous=\${words[CURRENT-1]} command offered session values
  local -a typed=(\${words[2,CURRENT-1]})
  __rigger_look_up $typed
  if [[ -n $values ]]; then offered=$values
  elif [[ $session == 1 && \${PREFIX[1]} != - ]]; then offered="$offered $(${IDS})"
  fi
  compadd -- \${(z)offered} || _files
}
(( $+functions[compdef] )) && compdef _rigger rigger
`;

/** fish asks for each word by itself, so each is a line with when it is offered. */
export function fish(commands: CompletedCommand[]): string {
  const lines: string[] = [];
  for (const { path, commands: subs, options, takesSession } of commands) {
    const when = quoted(
      path.length === 0
        ? '__fish_use_subcommand'
        : path.map((word) => `__fish_seen_subcommand_from ${word}`).join('; and '),
    );
    const here = `complete -c rigger -n ${when}`;
    for (const { name, description } of subs) lines.push(`${here} -f -a ${name} -d ${quoted(description)}`);
    if (takesSession) lines.push(`${here} -f -a '(${IDS})'`);
    for (const { flags, description, takesValue, choices: values } of options) {
      const names = flags
        .map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`))
        .join(' ');
      const value = values.length > 0 ? ` -x -a ${quoted(values.join(' '))}` : takesValue ? ' -r' : '';
      lines.push(`${here} ${names}${value} -d ${quoted(description)}`);
    }
  }
  return `# rigger completion for fish:  rigger completion fish | source\n${lines.join('\n')}\n`;
}
