/** A terminal with an input line that stays while lines are printed above it. */
import { clearScreenDown, createInterface, cursorTo, type Interface } from 'node:readline';
import { toned } from '../terminal/paper.ts';
import { style } from '../terminal/style.ts';
import type { Paper, Tone } from '../terminal/transcript.ts';

export interface ScreenEvents {
  line(text: string): void;
  /** Ctrl-C. */
  interrupt(): void;
  /** Ctrl-D. */
  end(): void;
}

const { stdin, stdout } = process;

/** Words come in pieces, and are printed a line at a time: when it ends, or when it is as wide as the terminal. */
export class Screen implements Paper {
  readonly #lines: Interface;
  #words = '';
  #isClosed = false;

  constructor(on: ScreenEvents) {
    this.#lines = createInterface({ input: stdin, output: stdout, terminal: true, prompt: '› ' });
    this.#lines.on('line', (text) => on.line(text));
    this.#lines.on('SIGINT', () => on.interrupt());
    this.#lines.on('close', () => {
      if (!this.#isClosed) on.end();
    });
    this.#lines.prompt();
  }

  /** What the input line begins with. */
  ask(prompt: string): void {
    this.#lines.setPrompt(prompt);
    this.#lines.prompt(true);
  }

  /** Empties the input line. */
  clearInput(): void {
    this.#lines.write(null, { ctrl: true, name: 'e' });
    this.#lines.write(null, { ctrl: true, name: 'u' });
  }

  words(text: string): void {
    this.#words += text;
    const room = Math.max(stdout.columns - 1, 20);
    for (;;) {
      const newline = this.#words.indexOf('\n');
      if (newline !== -1 && newline <= room) this.#printWords(newline, newline + 1);
      else if (this.#words.length > room) {
        const space = this.#words.lastIndexOf(' ', room);
        const end = space > 0 ? space : room;
        this.#printWords(end, space > 0 ? end + 1 : end);
      } else return;
    }
  }

  endWords(): void {
    if (this.#words !== '') this.#printWords(this.#words.length, this.#words.length);
  }

  note(line: string, tone: Tone): void {
    this.endWords();
    this.print(toned(line, tone, stdout));
  }

  /** A whole line above the input line, which is drawn again as it was. */
  print(line: string): void {
    if (this.#isClosed) return void stdout.write(`${line}\n`);
    cursorTo(stdout, 0);
    // An input of several rows begins further up.
    const { rows } = this.#lines.getCursorPos();
    if (rows > 0) stdout.moveCursor(0, -rows);
    clearScreenDown(stdout);
    stdout.write(`${line}\n`);
    this.#lines.prompt(true);
  }

  close(): void {
    if (this.#isClosed) return;
    this.endWords();
    this.#isClosed = true;
    cursorTo(stdout, 0);
    clearScreenDown(stdout);
    this.#lines.close();
  }

  #printWords(end: number, next: number): void {
    this.print(style('reset', this.#words.slice(0, end)));
    this.#words = this.#words.slice(next);
  }
}
