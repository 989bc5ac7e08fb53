const MARK = 'offline-model-prompts:';

/**
 * The answer to the CLI's compaction call. The prompts so far ride along as one line of JSON, so that a scenario still
 * knows the history after the transcript was cut, as Claude would from a good summary.
 */
export function writeSummary(prompts: readonly string[]): string {
  const list = prompts.map((prompt, index) => `${index + 1}. ${firstLine(prompt)}`).join('\n');
  return [
    '<analysis>The offline model lists what the user asked, in order.</analysis>',
    '<summary>',
    `1. Primary Request and Intent:\nThe user asked, in order:\n${list}`,
    `${MARK} ${JSON.stringify(prompts)}`,
    '</summary>',
  ].join('\n');
}

/** The prompts written by {@link writeSummary}; empty when another model wrote the summary. */
export function readSummary(text: string): string[] {
  const line = text.split('\n').find((candidate) => candidate.trimStart().startsWith(MARK));
  if (!line) return [];
  try {
    const prompts: unknown = JSON.parse(line.slice(line.indexOf(MARK) + MARK.length));
    return Array.isArray(prompts) ? prompts.filter((prompt) => typeof prompt === 'string') : [];
  } catch {
    return [];
  }
}

function firstLine(text: string): string {
  const [line = ''] = text.split('\n');
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}
