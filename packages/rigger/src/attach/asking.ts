/** The requests for permission of a session, asked one after the other on the input line. */
import { type Permission, type PermissionAnswer, type Rigger, RiggerApiError } from '@rigger/client';
import {
  askedLines,
  choiceOf,
  LEAVE_HINT,
  leaveOf,
  type Question,
  questionLines,
  questionsOf,
} from '../terminal/permission-words.ts';
import type { Screen } from './screen.ts';

export const PROMPT = '› ';

export class Asking {
  readonly #rigger: Rigger;
  readonly #sessionId: string;
  readonly #screen: Screen;
  readonly #waiting: Permission[] = [];
  #questions: Question[] = [];
  #answers: Record<string, string> = {};

  constructor(rigger: Rigger, sessionId: string, screen: Screen) {
    this.#rigger = rigger;
    this.#sessionId = sessionId;
    this.#screen = screen;
  }

  /** Whether the next line that is typed is an answer. */
  get isOpen(): boolean {
    return this.#waiting.length > 0;
  }

  async add(id: string): Promise<void> {
    if (this.#waiting.some((one) => one.id === id)) return;
    const asked = await this.#rigger.permissions.get(this.#sessionId, id);
    if (asked.status !== 'pending' || this.#waiting.some((one) => one.id === id)) return;
    this.#waiting.push(asked);
    if (this.#waiting.length === 1) this.#show();
  }

  /** It was answered, here or elsewhere, or nobody waits for it any more. */
  remove(id: string): void {
    const index = this.#waiting.findIndex((one) => one.id === id);
    if (index === -1) return;
    this.#waiting.splice(index, 1);
    if (index === 0) this.#show();
  }

  /** Takes a line that was typed as an answer, or as one of several. */
  async take(line: string): Promise<void> {
    const asked = this.#waiting[0]!;
    const answer = asked.kind === 'question' ? this.#choose(line) : leaveOf(line);
    if (answer === null) return this.#prompt();
    try {
      const { status } = await this.#rigger.permissions.answer(this.#sessionId, asked.id, answer);
      this.#screen.note(`  ${status}`, 'dim');
    } catch (error) {
      if (!(error instanceof RiggerApiError)) throw error;
      this.#screen.note(`  ${error.message}`, 'warning');
      if (error.code !== 'permission_already_answered') return this.#prompt();
    }
    this.remove(asked.id);
  }

  #choose(line: string): PermissionAnswer | null {
    const [question, ...left] = this.#questions;
    const choice = question === undefined ? null : choiceOf(question, line);
    if (question === undefined || choice === null) return null;
    this.#answers[question.question] = choice;
    this.#questions = left;
    if (left.length === 0) return { behavior: 'answer', answers: this.#answers };
    this.#showQuestion();
    return null;
  }

  #show(): void {
    const asked = this.#waiting[0];
    if (asked === undefined) return this.#screen.ask(PROMPT);
    for (const line of askedLines(asked)) this.#screen.note(line, 'warning');
    this.#questions = asked.kind === 'question' ? questionsOf(asked) : [];
    this.#answers = {};
    if (asked.kind === 'question') this.#showQuestion();
    this.#prompt();
  }

  #showQuestion(): void {
    for (const line of questionLines(this.#questions[0]!)) this.#screen.note(line, 'warning');
  }

  #prompt(): void {
    this.#screen.ask(this.#waiting[0]?.kind === 'question' ? 'answer › ' : `${LEAVE_HINT} › `);
  }
}
