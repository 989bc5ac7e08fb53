import { readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The folder of the agent program that the SDK brings for this platform. @throws Error when npm left it out. */
export function cliFolder(): string {
  const sdk = createRequire(import.meta.url).resolve('@anthropic-ai/claude-agent-sdk');
  const name = `@anthropic-ai/claude-agent-sdk-${process.platform}-${process.arch}`;
  for (const suffix of ['', '-musl']) {
    try {
      return dirname(realpathSync(createRequire(sdk).resolve(`${name}${suffix}/package.json`)));
    } catch {}
  }
  throw new Error(
    `The agent program for ${process.platform}-${process.arch} is missing. Run npm ci without --omit=optional.`,
  );
}

/** The version of the Agent SDK that is installed. */
export function sdkVersion(): string {
  const sdk = createRequire(import.meta.url).resolve('@anthropic-ai/claude-agent-sdk');
  return (JSON.parse(readFileSync(join(dirname(sdk), 'package.json'), 'utf8')) as { version: string }).version;
}
