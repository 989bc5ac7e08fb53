import { failureOf } from '../terminal/failure.ts';

/** Does the same to several; one that fails does not keep the others from it, and the first failure's code is the command's. */
export async function eachOf(ids: string[], work: (id: string) => Promise<string>): Promise<void> {
  for (const id of ids) {
    try {
      console.log(await work(id));
    } catch (error) {
      const { line, exit } = failureOf(error);
      process.stderr.write(`rigger: ${line}\n`);
      process.exitCode ||= exit;
    }
  }
}
