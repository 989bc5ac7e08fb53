/**
 * The keeper: the one program that a container is started with, a shell that waits for a few words on its standard input.
 *
 * - Its input ends with the runner, however that dies: then it ends, and the container with it.
 * - It signals programs from inside, where they have the pids that they know themselves by. So it needs neither root nor a
 *   kernel that is shared with the container, and it costs no new process: everything here is built into the shell, and works
 *   when the sandbox may have no more processes.
 *
 * Agents have its uid, so they can end it, which ends their sandbox, and could make it lie, by which they learn and gain nothing:
 * its answers are numbers, about themselves.
 *
 * Rejected: the engine's own `kill`, which reaches a container's first process only; `kill` by further execs, at 60 ms and more
 * each; signals from the host, which need root, or the container's uid, and the same kernel.
 */
import type { Duplex } from 'node:stream';
import { readFrames } from './frames.ts';

/** Where cgroups of either version count the processes that were ended for want of memory. */
const KILLS = '/sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control';

/** Signals to all that has no better aim must not end it. */
export const KEEPER_SCRIPT = `trap '' TERM INT HUP QUIT PIPE USR1 USR2 ALRM TSTP TTIN TTOU
echo ready $$
while read -r word a b; do
  case $word in
    kill) kill -s "$a" -- $b 2>/dev/null ;;
    count) set -- /proc/[0-9]*; echo "answer $#" ;;
    memory)
      n=none
      for file in ${KILLS}; do
        [ -r "$file" ] && while read -r name value; do [ "$name" = oom_kill ] && n=$value; done < "$file"
      done
      echo "answer $n" ;;
  esac
done 2>/dev/null`;

const SIGNAL_ALL = -1;
const LONGEST_LINE = 256;

export class Keeper {
  /** Its pid inside. */
  readonly pid: Promise<number>;
  /** Resolves when it is gone, and the sandbox with it. */
  readonly gone: Promise<void>;
  #alive = true;
  readonly #stream: Duplex;
  readonly #asked: ((answer: string | null) => void)[] = [];

  constructor(stream: Duplex) {
    this.#stream = stream;
    const ready = Promise.withResolvers<number>();
    ready.promise.catch(() => {});
    this.pid = ready.promise;
    let line = '';
    readFrames(stream, (data) => {
      // Whoever writes without end here, it is not the keeper.
      line = line.slice(-LONGEST_LINE) + data.toString('latin1');
      for (let end = line.indexOf('\n'); end >= 0; end = line.indexOf('\n')) {
        const [word, value = ''] = line.slice(0, end).split(' ');
        line = line.slice(end + 1);
        if (word === 'ready') ready.resolve(Number(value));
        else if (word === 'answer') this.#asked.shift()?.(value);
      }
      return true;
    });
    const gone = Promise.withResolvers<void>();
    this.gone = gone.promise;
    const end = () => {
      this.#alive = false;
      ready.reject(new Error('the container ended as it began'));
      for (const answer of this.#asked.splice(0)) answer(null);
      gone.resolve();
    };
    stream.on('error', () => {});
    for (const event of ['end', 'close']) stream.once(event, end);
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Sends a signal to processes by their pids inside; a negative one is a group. */
  signal(signal: NodeJS.Signals, ...pids: number[]): void {
    this.#say(`kill ${signal.slice(3)} ${pids.join(' ')}`);
  }

  /** To every process but the first and itself. */
  signalAll(signal: NodeJS.Signals): void {
    this.signal(signal, SIGNAL_ALL);
  }

  /** How many processes there are, itself and the first included; null when it is gone. */
  async count(): Promise<number | null> {
    const answer = await this.#ask('count');
    return answer === null ? null : Number(answer);
  }

  /** How many processes the kernel has ended for want of memory; null when it is gone, or nobody counts. */
  async memoryKills(): Promise<number | null> {
    const kills = Number((await this.#ask('memory')) ?? Number.NaN);
    return Number.isInteger(kills) ? kills : null;
  }

  #ask(word: string): Promise<string | null> {
    if (!this.#alive) return Promise.resolve(null);
    return new Promise((resolve) => {
      this.#asked.push(resolve);
      this.#say(word);
    });
  }

  #say(words: string): void {
    if (this.#alive) this.#stream.write(`${words}\n`);
  }
}
