/** What whoever runs a server looks after: money, secrets, runners. */
import { segment } from './paths.ts';
import type { CallOptions, Transport } from './transport.ts';
import type { Budget, BudgetRequest, Runner, Secret, SecretRequest } from './types.ts';

/** What users, keys and all may spend in a day, in a month or in all. */
export class Budgets {
  readonly #http: Transport;

  constructor(transport: Transport) {
    this.#http = transport;
  }

  async list(options: CallOptions = {}): Promise<Budget[]> {
    return (await this.#http.json<{ budgets: Budget[] }>('GET', '/api/budgets', options)).budgets;
  }

  set(request: BudgetRequest, options: CallOptions = {}): Promise<Budget> {
    return this.#http.json('PUT', '/api/budgets', { ...options, json: request });
  }

  delete(id: string, options: CallOptions = {}): Promise<{ success: true; id: string }> {
    return this.#http.json('DELETE', `/api/budgets/${segment(id)}`, options);
  }
}

/** Secrets that sessions may use. Their values are never given back. */
export class Secrets {
  readonly #http: Transport;

  constructor(transport: Transport) {
    this.#http = transport;
  }

  async list(options: CallOptions = {}): Promise<Secret[]> {
    return (await this.#http.json<{ secrets: Secret[] }>('GET', '/api/secrets', options)).secrets;
  }

  get(name: string, options: CallOptions = {}): Promise<Secret> {
    return this.#http.json('GET', `/api/secrets/${segment(name)}`, options);
  }

  set(name: string, request: SecretRequest, options: CallOptions = {}): Promise<Secret> {
    return this.#http.json('PUT', `/api/secrets/${segment(name)}`, { ...options, json: request });
  }

  delete(name: string, options: CallOptions = {}): Promise<{ success: true; name: string }> {
    return this.#http.json('DELETE', `/api/secrets/${segment(name)}`, options);
  }
}

/** The runners of a server. */
export class Runners {
  readonly #http: Transport;

  constructor(transport: Transport) {
    this.#http = transport;
  }

  async list(options: CallOptions = {}): Promise<Runner[]> {
    return (await this.#http.json<{ runners: Runner[] }>('GET', '/api/runners', options)).runners;
  }

  /** Places nothing new on a runner, and has its sessions move as their turns end; `draining: false` takes it back. */
  drain(id: string, { draining = true, ...options }: CallOptions & { draining?: boolean } = {}): Promise<Runner> {
    const path = `/api/runners/${segment(id)}/drain`;
    return this.#http.json('POST', path, { ...options, json: { draining }, resend: 'always' });
  }
}
