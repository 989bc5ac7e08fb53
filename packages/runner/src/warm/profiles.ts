/** Which sessions a process that was started beforehand can serve, and how many to keep of which kind. Pure. */
import { createHash } from 'node:crypto';
import type { SessionSpec } from '../protocol/index.ts';

/** Options whose effect at a process's start depends on what is in the session's workspace, or runs its programs. */
const AT_START = ['hooks', 'settings', 'settingSources', 'plugins', 'skills'];

/**
 * The kind of a session as far as its process's start is concerned: equal for sessions whose process could be each other's.
 * Null for one that has to start cold: it has history, files, secrets, a way out, other agents beside it, or something to run at
 * its start.
 */
export function profileOf(spec: SessionSpec): string | null {
  const [agent] = spec.agents;
  if (agent === undefined || spec.agents.length > 1 || spec.crew) return null;
  if (agent.sdkSessionId !== null || agent.fork || agent.resumeAt !== null) return null;
  if (spec.restore !== null) return null;
  if (spec.workspaceFrom !== null || spec.sourcePath !== null || spec.gitSource !== null) return null;
  if (spec.secrets.length > 0 || spec.allow.length > 0) return null;
  if (AT_START.some((name) => agent.options[name] !== undefined)) return null;
  const { allowance, workingDirectory, image, resources } = spec;
  return createHash('sha256').update(canonical({ agent, allowance, workingDirectory, image, resources })).digest('hex');
}

/** JSON with its members in one order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    member !== null && typeof member === 'object' && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

/** How fast demand is forgotten: after so long it counts half. */
const HALF_LIFE_MS = 300_000;

export interface Demand {
  /** How many sessions of the kind there lately were, those of long ago counting less. */
  weight: number;
  /** When that was true. */
  at: number;
}

export const demandAt = ({ weight, at }: Demand, now: number): number => weight * 0.5 ** ((now - at) / HALF_LIFE_MS);
export const withOneMore = (demand: Demand | undefined, now: number): Demand => ({
  weight: 1 + (demand === undefined ? 0 : demandAt(demand, now)),
  at: now,
});

/** Less demand than this is none. */
const LEAST_DEMAND = 0.05;

/**
 * Shares out places among kinds by their demand: each next place goes to the kind with the most demand for each place that it would
 * then have (D'Hondt's method), so one that is asked for often has several before one that is rare has any.
 * @returns kind → places; kinds without any are left out.
 */
export function shareOut(demands: Map<string, number>, places: number): Map<string, number> {
  const shares = new Map<string, number>();
  for (let place = 0; place < places; place += 1) {
    let best: string | null = null;
    let most = LEAST_DEMAND;
    for (const [kind, demand] of demands) {
      const quotient = demand / ((shares.get(kind) ?? 0) + 1);
      if (quotient > most) [best, most] = [kind, quotient];
    }
    if (best === null) break;
    shares.set(best, (shares.get(best) ?? 0) + 1);
  }
  return shares;
}
