/**
 * The offline model: Anthropic's Messages API with scripted words, so that real agents run without a key or a network.
 * See the README for the scenario format.
 */
export { ScenarioError } from './scenario/load.ts';
export { type Scenario, type ScenarioInput, type StepInput, scenarioSchema } from './scenario/schema.ts';
export { type OfflineModel, type OfflineModelOptions, startOfflineModel } from './server.ts';
export type { CallRecord, Totals } from './usage/ledger.ts';
export type { TokenUsage } from './usage/tokens.ts';
