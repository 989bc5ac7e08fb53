import { segment } from './paths.ts';
import type { CallOptions, Transport } from './transport.ts';
import type { Snapshot } from './types.ts';

/** What a session was at a moment: its files, and how far its conversations had come. */
export class Snapshots {
  readonly #http: Transport;

  constructor(transport: Transport) {
    this.#http = transport;
  }

  #of(sessionId: string, rest = ''): string {
    return `/api/sessions/${segment(sessionId)}/snapshots${rest}`;
  }

  /** The newest first. */
  async list(sessionId: string, options: CallOptions = {}): Promise<Snapshot[]> {
    return (await this.#http.json<{ snapshots: Snapshot[] }>('GET', this.#of(sessionId), options)).snapshots;
  }

  get(sessionId: string, id: string, options: CallOptions = {}): Promise<Snapshot> {
    return this.#http.json('GET', this.#of(sessionId, `/${segment(id)}`), options);
  }

  /** Takes one of the files as they are now, and answers once it is there. */
  take(sessionId: string, options: CallOptions = {}): Promise<Snapshot> {
    return this.#http.json('POST', this.#of(sessionId), options);
  }

  /** Has the files be as they were, from the next message on; the conversation stays. */
  restore(sessionId: string, id: string, options: CallOptions = {}): Promise<Snapshot> {
    return this.#http.json('POST', this.#of(sessionId, `/${segment(id)}/restore`), { ...options, resend: 'always' });
  }

  delete(sessionId: string, id: string, options: CallOptions = {}): Promise<{ success: true; id: string }> {
    return this.#http.json('DELETE', this.#of(sessionId, `/${segment(id)}`), options);
  }
}
