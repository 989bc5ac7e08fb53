/** The code blocks of a document, run as somebody would type them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

export interface Block {
  language: string;
  text: string;
  /** Where it begins in the document. */
  line: number;
}

/** Fenced blocks, in their order. */
export const blocksOf = (markdown: string): Block[] =>
  [...markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map((match) => ({
    language: match[1]!,
    text: match[2]!,
    line: markdown.slice(0, match.index).split('\n').length,
  }));

/** What a document says is printed, with `…` for what is another each time. */
export const printedLike = (said: string): RegExp =>
  new RegExp(
    `^\\s*${said
      .trim()
      .split('…')
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\s+/g, '\\s+'))
      .join('[\\s\\S]*?')}\\s*$`,
  );

export interface Run {
  block: Block;
  printed: string;
}

const MARK = 'the end of block';

/**
 * Runs every `bash` block of a document in one shell, in the repository's folder as far as a document needs it; a `js` block whose
 * first line names a file is written there first. Only the server's address is another than it says.
 * @throws where a command fails, with what was printed until then.
 */
export async function runDocument(markdown: string, root: string, url: string): Promise<Run[]> {
  const folder = mkdtempSync(join(tmpdir(), 'rigger-document-'));
  try {
    for (const name of ['node_modules', 'packages']) symlinkSync(join(root, name), join(folder, name));
    const blocks = blocksOf(markdown);
    for (const { language, text } of blocks) {
      const file = language === 'js' ? /^\/\/ ([\w-]+\.mjs)\n/.exec(text)?.[1] : undefined;
      if (file !== undefined) writeFileSync(join(folder, file), text);
    }
    const shown = blocks.filter(({ language }) => language === 'bash');
    const script = shown.map(({ text }, n) => `${text}\necho '${MARK} ${n}'`).join('\n');
    const child = spawn('bash', ['-euo', 'pipefail', '-c', script.replaceAll('http://localhost:3333', url)], {
      cwd: folder,
      env: {
        PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
        HOME: folder,
        NO_COLOR: '1',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (text) => (out += text));
    child.stderr.on('data', (text) => (err += text));
    const [code] = (await once(child, 'close')) as [number | null];
    const runs: Run[] = [];
    for (const [n, block] of shown.entries()) {
      const end = out.indexOf(`${MARK} ${n}\n`);
      if (code !== 0 && end < 0) throw new Error(`The block of line ${block.line} failed (${code}):\n${out}\n${err}`);
      runs.push({ block, printed: out.slice(0, end) });
      out = out.slice(end + `${MARK} ${n}\n`.length);
    }
    return runs;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
