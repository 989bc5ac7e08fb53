import { RiggerApiError } from '@rigger/client';

export interface Issue {
  path: string;
  message: string;
}

/** What the server finds wrong with the members of a request. */
export const issuesOf = (error: unknown): Issue[] =>
  error instanceof RiggerApiError ? ((error.body as { issues?: Issue[] }).issues ?? []) : [];

/** What of it is about a member, or about what is in it. */
export const issueAt = (issues: Issue[], path: string): string | undefined =>
  issues.find((issue) => issue.path === path || issue.path.startsWith(`${path}.`))?.message;
