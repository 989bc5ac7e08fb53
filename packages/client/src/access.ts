/** Who may do what, and who did what. */
import { segment } from './paths.ts';
import type { CallOptions, Transport } from './transport.ts';
import type {
  ApiKey,
  AuditChain,
  AuditPage,
  AuditQuery,
  Caller,
  KeyRequest,
  NewApiKey,
  Tenant,
  TenantRequest,
} from './types.ts';

/** Keys of the API, and the tenants they belong to. For admins. */
export class Keys {
  readonly #http: Transport;

  constructor(transport: Transport) {
    this.#http = transport;
  }

  /** Those that were revoked too. @param tenant for the operator: of another tenant; `*`: of all. */
  async list({ tenant, ...options }: CallOptions & { tenant?: string } = {}): Promise<ApiKey[]> {
    const query = tenant === undefined ? {} : { tenant };
    return (await this.#http.json<{ keys: ApiKey[] }>('GET', '/api/keys', { ...options, query })).keys;
  }

  /** The answer has the key itself, which nobody can ask for later. */
  create(request: KeyRequest, options: CallOptions = {}): Promise<NewApiKey> {
    return this.#http.json('POST', '/api/keys', { ...options, json: request });
  }

  /** Gives a key another secret. The former one is good for `overlapMs` more; a day by default. */
  rotate(id: string, overlapMs?: number, options: CallOptions = {}): Promise<NewApiKey> {
    const json = overlapMs === undefined ? {} : { overlapMs };
    return this.#http.json('POST', `/api/keys/${segment(id)}/rotate`, { ...options, json });
  }

  /** It is refused at once, and what it has open ends within seconds. */
  revoke(id: string, options: CallOptions = {}): Promise<ApiKey> {
    return this.#http.json('DELETE', `/api/keys/${segment(id)}`, options);
  }

  /** Who one's own key is, and what it may. */
  whoami(options: CallOptions = {}): Promise<Caller> {
    return this.#http.json('GET', '/api/whoami', options);
  }

  /** For the operator. */
  async tenants(options: CallOptions = {}): Promise<Tenant[]> {
    return (await this.#http.json<{ tenants: Tenant[] }>('GET', '/api/tenants', options)).tenants;
  }

  /** Makes a tenant, or sets what it may use and how long its ended sessions are kept. */
  setTenant(id: string, request: TenantRequest, options: CallOptions = {}): Promise<Tenant> {
    return this.#http.json('PUT', `/api/tenants/${segment(id)}`, { ...options, json: request });
  }
}

/** What was changed by whom. For admins. */
export class Audit {
  readonly #http: Transport;

  constructor(transport: Transport) {
    this.#http = transport;
  }

  /** A page, the newest first; give its `next` as `before`. */
  page(query: AuditQuery = {}, options: CallOptions = {}): Promise<AuditPage> {
    return this.#http.json('GET', '/api/audit', { ...options, query });
  }

  /** Whether any entry was altered or taken out since it was written. For the operator. */
  verify(options: CallOptions = {}): Promise<AuditChain> {
    return this.#http.json('GET', '/api/audit/verify', options);
  }
}
