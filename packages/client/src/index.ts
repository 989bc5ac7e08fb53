/** The client of Rigger's HTTP API, for Node, Deno, Bun and browsers. docs/CLIENT.md tells how it is used. */
export type { Audit, Keys } from './access.ts';
export { RiggerApiError, RiggerConnectionError } from './errors.ts';
export type { Conditions, FileHead, Files } from './files.ts';
export { type FollowOptions, hasEnded } from './follow.ts';
export type { components, paths } from './generated/openapi.ts';
export type { Budgets, Runners, Secrets } from './operations.ts';
export type { Permissions } from './permissions.ts';
export { Rigger } from './rigger.ts';
export type { Schedules } from './schedules.ts';
export type { KeyedOptions, Sessions } from './sessions.ts';
export type { Snapshots } from './snapshots.ts';
export type { Body, CallOptions, RiggerOptions } from './transport.ts';
export type { AnswerOf, Method, PathOf, RequestOf } from './typed.ts';
export type * from './types.ts';
export type { Webhooks } from './webhooks.ts';
