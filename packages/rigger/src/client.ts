/** What the commands that talk to a running server share. */

export const DEFAULT_SERVER = 'http://127.0.0.1:3333';

/** Prints rows of cells, the first of them headings, in columns. */
export function printTable(rows: string[][]): void {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    );
}

/** Asks a server. Rejects with an Error that says what is wrong and, as `remedy`, how to mend it. */
export async function ask<T>(server: string, method: string, path: string, body?: unknown): Promise<T> {
  const answer = await fetch(new URL(path, server), {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  }).catch((cause: unknown) => {
    throw Object.assign(new Error(`${server} cannot be reached.`, { cause }), {
      remedy: 'Name the server with --server URL, or RIGGER_SERVER_URL.',
    });
  });
  const said = (await answer.json()) as T & { title?: string; detail?: string; remedy?: string };
  if (answer.ok) return said;
  const what = said.title ?? `The server answered ${answer.status}.`;
  throw Object.assign(new Error(said.detail === undefined ? what : `${what}: ${said.detail}`), { remedy: said.remedy });
}
