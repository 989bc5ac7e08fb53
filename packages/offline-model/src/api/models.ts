import type Anthropic from '@anthropic-ai/sdk';

const known: readonly [id: Anthropic.Model, name: string, line: Anthropic.ModelLine, createdAt: string][] = [
  ['claude-opus-5-5', 'Claude Opus 5.5', 'opus', '2026-08-01T00:00:00Z'],
  ['claude-sonnet-5-5', 'Claude Sonnet 5.5', 'sonnet', '2026-08-01T00:00:00Z'],
  ['claude-haiku-5-5', 'Claude Haiku 5.5', 'haiku', '2026-08-01T00:00:00Z'],
  ['claude-sonnet-4-5', 'Claude Sonnet 4.5', 'sonnet', '2025-09-29T00:00:00Z'],
  ['claude-haiku-4-5', 'Claude Haiku 4.5', 'haiku', '2025-10-01T00:00:00Z'],
];

/**
 * One model's card. Any id is accepted, because every model name is served by the same scripts; the display name says
 * that it is not the real one.
 */
export function modelInfo(id: string): Anthropic.ModelInfo {
  const [, name, line, createdAt] = known.find(([knownId]) => knownId === id) ?? [id, id, null, '2026-01-01T00:00:00Z'];
  return {
    id,
    type: 'model',
    display_name: `${name} (offline)`,
    created_at: createdAt,
    deprecated_at: null,
    retires_at: null,
    lifecycle: 'active',
    line,
    capabilities: null,
    max_input_tokens: 200_000,
    max_tokens: 64_000,
  };
}

/** Body of `GET /v1/models`: one page with the models whose names users meet most. */
export function modelList() {
  const data = known.map(([id]) => modelInfo(id));
  return { data, has_more: false, first_id: data.at(0)?.id ?? null, last_id: data.at(-1)?.id ?? null };
}
