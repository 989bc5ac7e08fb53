/** A session on a terminal: what it says above, what you say below. */
import { type Delta, hasEnded, type Rigger, RiggerApiError, type Session, type SessionEvent } from '@rigger/client';
import { EXIT } from '../exit-codes.ts';
import { clean } from '../terminal/clean.ts';
import { failureOf } from '../terminal/failure.ts';
import { Transcript } from '../terminal/transcript.ts';
import { span, usd } from '../terminal/units.ts';
import { Asking } from './asking.ts';
import { Screen } from './screen.ts';

/** A second Ctrl-C within this time leaves. */
const TWICE_MS = 2_000;

const HELP = `A line is a message; while a turn runs it waits for its turn. Ctrl-C stops the turn that runs, twice leaves, and so does Ctrl-D.
/agent NAME  speak to another agent of a crew    /interrupt  stop the turn    /stop  end the session    /quit  leave it`;

interface AttachOptions {
  agent: string | undefined;
  /** How many of the latest events are shown first. */
  last: number;
}

/** Stays until the person leaves, or the session has ended. @returns the exit code. */
export async function attach(rigger: Rigger, session: Session, { agent, last }: AttachOptions): Promise<number> {
  const { id } = session;
  const leave = new AbortController();
  const screen = new Screen({ line, interrupt, end: () => leave.abort() });
  const several = session.pattern === 'single-container';
  const transcript = new Transcript(screen, several);
  const asking = new Asking(rigger, id, screen);
  const running = new Set<string>();
  const typed: string[] = [];
  let to = agent;
  let interruptedAt = 0;
  let exit: number = EXIT.ok;

  const attempt = async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      screen.note(`rigger: ${failureOf(error).line}`, 'error');
    }
  };

  function line(text: string): void {
    const said = text.trim();
    if (asking.isOpen && !said.startsWith('/')) return void attempt(() => asking.take(said));
    if (said === '') return screen.ask('› ');
    const [word, rest = ''] = said.split(/\s+(.*)/s);
    if (word === '/quit' || word === '/exit') return leave.abort();
    if (word === '/interrupt') return void attempt(() => rigger.sessions.interrupt(id));
    if (word === '/stop') return void attempt(() => rigger.sessions.terminate(id));
    if (word === '/help') return screen.note(HELP, 'dim');
    if (word === '/agent') {
      to = rest === '' ? undefined : rest;
      return screen.note(`  speaking to ${to ?? 'the one that takes messages'}`, 'dim');
    }
    if (word!.startsWith('/')) return screen.note(`  there is no ${word}; /help says what there is`, 'warning');
    typed.push(said);
    void attempt(() => rigger.sessions.queue(id, to === undefined ? said : { prompt: said, agent: to }));
  }

  function interrupt(): void {
    screen.clearInput();
    const isSecond = Date.now() - interruptedAt < TWICE_MS;
    interruptedAt = Date.now();
    if (isSecond) return leave.abort();
    if (running.size === 0) return screen.note('  Ctrl-C again leaves', 'dim');
    screen.note('  stopping the turn; Ctrl-C again leaves', 'warning');
    void attempt(() => rigger.sessions.interrupt(id));
  }

  /** What others say; one's own line is there already. */
  function showPrompt(prompt: unknown): void {
    const own = typed.indexOf(String(prompt));
    if (own !== -1) typed.splice(own, 1);
    else screen.note(`› ${typeof prompt === 'string' ? clean(prompt) : '(content blocks)'}`, 'plain');
  }

  async function take(event: SessionEvent | Delta): Promise<void> {
    transcript.take(event);
    const { type, turnId } = event;
    const data = event.data as Record<string, unknown>;
    if (type === 'turn.queued' && data.from == null) showPrompt(data.prompt);
    if (type === 'turn.started') running.add(turnId!);
    if (type === 'permission.requested') await attempt(() => asking.add(String(data.id)));
    if (type === 'permission.answered') asking.remove(String(data.id));
    if (type !== 'turn.finished') return;
    running.delete(turnId!);
    screen.endWords();
    const error = data.error as { code: string; message: string } | null | undefined;
    if (error != null) screen.note(`  turn ${data.status}: ${error.message} (${error.code})`, 'error');
    else screen.note(`  turn ${data.status}, ${data.numTurns} turns, ${data.tokens} tokens`, 'dim');
  }

  screen.note(
    `  ${id}: ${session.pattern}, ${session.parked ? 'parked' : session.status}, ${usd(session.totalCost)} so far. /help says what can be done.`,
    'dim',
  );
  try {
    if (session.pendingPermissions > 0)
      for (const { id: asked } of await rigger.permissions.list(id)) await attempt(() => asking.add(asked));
    for (const { id: turn } of (await rigger.sessions.turns(id, { limit: 1_000 })).turns.filter(
      (one) => one.status === 'running',
    ))
      running.add(turn);
    const events = rigger.sessions.follow(id, {
      after: Math.max(session.lastEventSeq - last, 0),
      deltas: true,
      untilEnded: true,
      signal: leave.signal,
      onReconnect: ({ error, waitMs }) => {
        if (error !== null)
          screen.note(`  the connection is lost: ${error.message} Again in ${span(waitMs)}.`, 'warning');
      },
    });
    for await (const event of events) await take(event);
    const { status, statusReason } = await rigger.sessions.get(id);
    screen.note(`  the session has ended: ${status}${statusReason === null ? '' : ` (${statusReason})`}`, 'dim');
  } catch (error) {
    const isGone = error instanceof RiggerApiError && error.code === 'session_not_found';
    if (isGone) screen.note('  the session was deleted', 'dim');
    else if (!leave.signal.aborted) {
      const { line: words, exit: code } = failureOf(error);
      screen.note(`rigger: ${words}`, 'error');
      exit = code;
    }
  } finally {
    screen.close();
  }
  if (leave.signal.aborted) {
    const now = await rigger.sessions.get(id).catch(() => null);
    if (now !== null && !hasEnded(now.status))
      process.stderr.write(`Left; it goes on. Back with: rigger attach ${id}\n`);
  }
  return exit;
}
