/** A turn on a terminal or as JSON lines: what `run` and `send` do once the message is sent. */
import type { Delta, Rigger, Session, SessionEvent, Turn } from '@rigger/client';
import { EXIT } from '../exit-codes.ts';
import { askOnTerminal, canAsk } from '../terminal/ask.ts';
import { printJson } from '../terminal/output.ts';
import { standardPaper } from '../terminal/paper.ts';
import { wait } from '../terminal/progress.ts';
import { dim } from '../terminal/style.ts';
import { Transcript } from '../terminal/transcript.ts';
import { usd } from '../terminal/units.ts';
import { complaint, exitOf } from './outcome.ts';
import { watchTurn } from './watch.ts';

export interface Played {
  turn: Turn;
  session: Session;
  exit: number;
}

interface PlayOptions {
  json: boolean;
  /** Of a message whose session has just been made. */
  label: string;
}

/**
 * Shows a turn until its end. Ctrl-C stops the turn; a second one leaves it to itself.
 * With `json`: the events of the log as lines, and at last `{ "type": "done", "turn", "session" }`.
 */
export async function playTurn(
  rigger: Rigger,
  session: Session,
  turn: Turn,
  { json, label }: PlayOptions,
): Promise<Played> {
  const { stderr } = process;
  const leave = new AbortController();
  let endWait = json ? () => {} : wait(label);
  const paper = standardPaper(() => endWait());
  const transcript = new Transcript(paper, session.pattern === 'single-container');
  const interrupt = (): void => {
    process.once('SIGINT', () => {
      stderr.write(`\nrigger: left; the session goes on: rigger attach ${session.id}\n`);
      process.exit(EXIT.interrupted);
    });
    paper.note('stopping the turn; Ctrl-C again leaves it to itself', 'warning');
    rigger.sessions.interrupt(session.id).catch((error: unknown) => leave.abort(error));
  };
  process.once('SIGINT', interrupt);

  async function onEvent(event: SessionEvent | Delta): Promise<void> {
    if (json) {
      if (event.type !== 'sdk.delta') printJson(event);
      return;
    }
    transcript.take(event);
    if (event.type !== 'permission.requested') return;
    const id = String(event.data.id);
    if (canAsk()) {
      endWait();
      paper.endWords();
      await askOnTerminal(rigger, session.id, id);
      endWait = wait('The agent goes on');
    } else paper.note(`? ${event.data.title ?? event.data.tool}: rigger approve allow ${id}`, 'warning');
  }

  try {
    // What came before its turn belongs to the message that made it wait.
    const after = session.lastEventSeq;
    const ended = await watchTurn(rigger, {
      sessionId: session.id,
      turnId: turn.id,
      after,
      signal: leave.signal,
      onEvent,
    });
    endWait();
    paper.endWords();
    const exit = exitOf(ended.turn, ended.session);
    if (json) printJson({ type: 'done', ...ended });
    else if (exit !== EXIT.ok) stderr.write(`rigger: ${complaint(ended.turn, ended.session)}\n`);
    else if (stderr.isTTY)
      stderr.write(
        dim(`  ${usd(ended.turn.cost)}, ${ended.turn.numTurns} turns, ${ended.turn.tokens} tokens\n`, stderr),
      );
    return { ...ended, exit };
  } finally {
    endWait();
    process.removeListener('SIGINT', interrupt);
  }
}
