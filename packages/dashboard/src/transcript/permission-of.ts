import type { Json, Permission, SessionEvent } from '../api/types.ts';

const asText = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The request that an event `permission.requested` tells of; whose session it is, the event does not say. */
export function permissionOf(event: SessionEvent): Permission {
  const { data } = event;
  return {
    id: asText(data.id),
    sessionId: '',
    agent: event.agent ?? '',
    turnId: event.turnId ?? '',
    kind: (data.kind as Permission['kind']) ?? 'tool',
    tool: asText(data.tool),
    input: (data.input as Json) ?? {},
    title: asText(data.title),
    reason: (data.reason as string | null) ?? null,
    toolUseId: (data.toolUseId as string | null) ?? null,
    parentToolUseId: (data.parentToolUseId as string | null) ?? null,
    rules: (data.rules as string[] | undefined) ?? [],
    status: 'pending',
    requestedAt: event.at,
    expiresAt: asText(data.expiresAt),
    answeredAt: null,
    answeredBy: null,
    message: null,
  };
}
