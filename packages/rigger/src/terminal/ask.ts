/** Asking the person at the terminal what an agent wants to know. */
import { createInterface } from 'node:readline/promises';
import { type PermissionAnswer, type Rigger, RiggerApiError } from '@rigger/client';
import { askedLines, choiceOf, LEAVE_HINT, leaveOf, questionLines, questionsOf } from './permission-words.ts';
import { style } from './style.ts';

export const canAsk = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true;

/** Asks until there is an answer, and sends it. What somebody else has answered meanwhile is left so. */
export async function askOnTerminal(rigger: Rigger, sessionId: string, id: string): Promise<void> {
  const { stderr } = process;
  const asked = await rigger.permissions.get(sessionId, id);
  if (asked.status !== 'pending') return;
  const say = (line: string): void => void stderr.write(`${style('yellow', line, stderr)}\n`);
  for (const line of askedLines(asked)) say(line);
  const lines = createInterface({ input: process.stdin, output: stderr });
  // Ctrl-C at a question means the turn.
  lines.on('SIGINT', () => process.emit('SIGINT'));
  // Lines are kept from the first on: one that is typed while the one before it is looked at is the next answer.
  const typed = lines[Symbol.asyncIterator]();
  const ask = async (prompt: string): Promise<string> => {
    lines.setPrompt(prompt);
    lines.prompt();
    const { value, done } = await typed.next();
    if (done === true) throw new Error(`The terminal is gone. The question waits: rigger approve allow ${id}`);
    return value;
  };
  try {
    let answer: PermissionAnswer | null = null;
    if (asked.kind === 'question') {
      const answers: Record<string, string> = {};
      for (const question of questionsOf(asked)) {
        for (const line of questionLines(question)) say(line);
        while (answers[question.question] === undefined) {
          const choice = choiceOf(question, await ask('  > '));
          if (choice !== null) answers[question.question] = choice;
        }
      }
      answer = { behavior: 'answer', answers };
    }
    while (answer === null) answer = leaveOf(await ask(`  ${LEAVE_HINT} > `));
    await rigger.permissions.answer(sessionId, id, answer);
  } catch (error) {
    if (error instanceof RiggerApiError && error.code === 'permission_already_answered')
      return say('  It was answered elsewhere.');
    throw error;
  } finally {
    lines.close();
  }
}
