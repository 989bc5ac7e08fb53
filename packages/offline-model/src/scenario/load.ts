import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type Scenario, type ScenarioInput, scenarioSchema } from './schema.ts';

/** A scenario that cannot be used; the message names the file and the path inside it. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
}

/** The scenarios that come with this package. */
export const builtInDir = join(import.meta.dirname, '..', '..', 'scenarios');

/**
 * Reads every `*.json` of a folder, in the order of the file names.
 * @throws ScenarioError when the folder or a file cannot be read, is not JSON, or does not fit the schema
 */
export async function loadScenarioDir(dir: string): Promise<Scenario[]> {
  const names = await readdir(dir).catch((cause) => {
    throw new ScenarioError(`${dir}: cannot read the scenario folder`, { cause });
  });
  const files = names.filter((name) => name.endsWith('.json')).sort();
  const loaded = await Promise.all(files.map((name) => loadScenarioFile(join(dir, name))));
  return loaded.flat();
}

/**
 * Checks scenarios given in code.
 * @throws ScenarioError naming the position
 */
export function checkScenarios(scenarios: readonly ScenarioInput[]): Scenario[] {
  return scenarios.map((scenario, index) => check(scenarioSchema, scenario, `scenarios[${index}]`));
}

async function loadScenarioFile(file: string): Promise<Scenario[]> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new ScenarioError(`${file}: not readable as JSON: ${(cause as Error).message}`, { cause });
  }
  // Chosen by shape rather than by the union, whose errors would not name the field.
  return Array.isArray(json) ? check(z.array(scenarioSchema), json, file) : [check(scenarioSchema, json, file)];
}

/** Parses by a schema; the first problem becomes `origin: path: message`. */
export function check<T>(schema: z.ZodType<T>, value: unknown, origin: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path.map(String).join('.') || '(top)';
  throw new ScenarioError(`${origin}: ${path}: ${issue?.message}`, { cause: parsed.error });
}
