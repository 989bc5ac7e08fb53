import { segment } from './paths.ts';
import type { CallOptions, Transport } from './transport.ts';
import type { Permission, PermissionAnswer, PermissionQuery } from './types.ts';

/** What agents ask leave for, and the questions they ask. */
export class Permissions {
  readonly #http: Transport;

  constructor(transport: Transport) {
    this.#http = transport;
  }

  #of(sessionId: string, rest = ''): string {
    return `/api/sessions/${segment(sessionId)}/permissions${rest}`;
  }

  /** Those of a session, the oldest first; pending ones unless told otherwise. */
  list(sessionId: string, query: PermissionQuery = {}, options: CallOptions = {}): Promise<Permission[]> {
    return this.#list(this.#of(sessionId), query, options);
  }

  /** Those of all sessions. */
  listAll(query: PermissionQuery = {}, options: CallOptions = {}): Promise<Permission[]> {
    return this.#list('/api/permissions', query, options);
  }

  async #list(path: string, query: PermissionQuery, options: CallOptions): Promise<Permission[]> {
    return (await this.#http.json<{ permissions: Permission[] }>('GET', path, { ...options, query })).permissions;
  }

  get(sessionId: string, id: string, options: CallOptions = {}): Promise<Permission> {
    return this.#http.json('GET', this.#of(sessionId, `/${segment(id)}`), options);
  }

  /** @throws RiggerApiError `permission_already_answered` when somebody else was first. */
  answer(sessionId: string, id: string, answer: PermissionAnswer, options: CallOptions = {}): Promise<Permission> {
    return this.#http.json('POST', this.#of(sessionId, `/${segment(id)}`), { ...options, json: answer });
  }
}
