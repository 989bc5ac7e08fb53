import { ApiError } from '../api/errors.ts';
import type { PromptParts } from '../api/request.ts';
import type { Conversation } from '../conversation/conversation.ts';
import { auxiliaryAnswer, structuredText } from './auxiliary.ts';
import { fallbackText } from './fallback.ts';
import { check, ScenarioError } from './load.ts';
import { inlineScriptSchema, type Scenario, type Step } from './schema.ts';
import { fillDeep, scriptIn, type TemplateValues, withoutScript } from './template.ts';

/** The step to play, its templates filled in. */
export interface Choice {
  /** A scenario's name, `inline`, `fallback` or `auxiliary:…`. */
  scenario: string;
  /** Zero-based answers already given in this turn. */
  stepIndex: number;
  step: Step;
}

/**
 * Decides what the model says. Order: the CLI's own calls, a script inside the prompt, then the first matching scenario
 * of the list, then the fallback. Nothing is remembered between calls: a conversation may continue on another server.
 * @throws ApiError 400 when the prompt's inline script is wrong, so that its author sees why
 */
export function chooseStep(request: PromptParts, conversation: Conversation, scenarios: readonly Scenario[]): Choice {
  const { stepIndex } = conversation;
  const values: TemplateValues = { conversation, prompt: withoutScript(conversation.prompt), match: null };
  const auxiliary = auxiliaryAnswer(request, conversation);
  if (auxiliary) return spoken(`auxiliary:${auxiliary.kind}`, auxiliary.text);

  // A prompt that its host gives again after a crash must not play its script again from the start.
  const note = TAKEN_UP_AGAIN.exec(conversation.prompt)?.[0];
  if (note !== undefined) {
    const again = conversation.prompts.map(inlineScenario).findLast((script) => script !== null)?.again;
    const step = again?.[Math.min(stepIndex, again.length - 1)];
    return step === undefined
      ? spoken('taken-up-again', `I was told: ${note}\n\nI am the offline model, so I end the turn here.`)
      : { scenario: 'taken-up-again', stepIndex, step };
  }

  const inline = inlineScenario(conversation.prompt);
  const scenario = inline ?? scenarios.find((candidate) => matches(candidate, conversation));
  if (scenario) {
    const match = scenario.match.prompt ? new RegExp(scenario.match.prompt, 'i').exec(values.prompt) : null;
    const step = resolve(stepAt(scenario, stepIndex), conversation);
    return { scenario: scenario.name, stepIndex, step: fillStep(step, { ...values, match }) };
  }
  return spoken('fallback', structuredText(request) ?? fallbackText(conversation));

  // Not filled in: an echoed `{{cwd}}` stays what the user typed.
  function spoken(name: string, text: string): Choice {
    return { scenario: name, stepIndex, step: { text } };
  }
}

/** Rigger's note to an agent whose process died in the middle of a turn. */
const TAKEN_UP_AGAIN = /\[Rigger\] The process that ran you died[\s\S]*/;

function fillStep(step: Step, values: TemplateValues): Step {
  const { thinking, text, tools } = step;
  return { ...step, ...fillDeep({ thinking, text, tools }, values) };
}

function matches(scenario: Scenario, conversation: Conversation): boolean {
  const { prompt, system, model, tools } = scenario.match;
  if (prompt !== undefined && !new RegExp(prompt, 'i').test(withoutScript(conversation.prompt))) return false;
  if (system !== undefined && !new RegExp(system, 'i').test(conversation.system)) return false;
  if (model !== undefined && !new RegExp(model, 'i').test(conversation.model)) return false;
  return (tools ?? []).every((tool) => conversation.tools.has(tool));
}

function stepAt(scenario: Scenario, index: number): Step {
  const { steps } = scenario;
  const ended: Step = { text: 'Done.' };
  if (scenario.loop) return steps[index % steps.length] ?? ended;
  return steps[index] ?? (scenario.after === 'repeat-last' ? steps.at(-1) : undefined) ?? ended;
}

/** Follows `when` and `else` to the step that holds; where none does, the turn ends. */
function resolve(step: Step, conversation: Conversation): Step {
  let candidate: Step | undefined = step;
  while (candidate && !holds(candidate, conversation)) candidate = candidate.else;
  return candidate ?? { text: 'Done.' };
}

function holds({ when }: Step, conversation: Conversation): boolean {
  if (!when) return true;
  const last = conversation.toolResults.at(-1);
  if (when.lastToolResult !== undefined && !(last && new RegExp(when.lastToolResult, 'i').test(last.text)))
    return false;
  if (when.lastToolFailed !== undefined && (last?.isError ?? false) !== when.lastToolFailed) return false;
  return when.midTurn === undefined || new RegExp(when.midTurn, 'i').test(conversation.midTurn.join('\n'));
}

function inlineScenario(prompt: string): (Scenario & { again?: Step[] | undefined }) | null {
  const source = scriptIn(prompt);
  if (source === null) return null;
  try {
    const json: unknown = JSON.parse(source);
    const script = check(inlineScriptSchema, Array.isArray(json) ? { steps: json } : json, 'the ```offline block');
    return { name: 'inline', match: {}, ...script };
  } catch (cause) {
    const why =
      cause instanceof ScenarioError
        ? cause.message
        : `the \`\`\`offline block is not JSON: ${(cause as Error).message}`;
    throw new ApiError(400, 'invalid_request_error', why, { cause });
  }
}
