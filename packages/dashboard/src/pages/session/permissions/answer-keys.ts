/** What the keys `a` and `d` do to a request whose card is drawn. */
interface Acts {
  allow: () => void;
  deny: () => void;
}
const waiting = new Map<string, Acts>();

/** Has a request be answered by key for as long as it is drawn. @returns how to end that */
export function onAnswerKey(id: string, acts: Acts): () => void {
  waiting.set(id, acts);
  return () => waiting.delete(id);
}

/** @returns false where it takes more than a key, as a question does */
export function answerByKey(id: string, what: keyof Acts): boolean {
  const acts = waiting.get(id);
  acts?.[what]();
  return acts !== undefined;
}
