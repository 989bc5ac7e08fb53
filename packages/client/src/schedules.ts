import { segment } from './paths.ts';
import type { CallOptions, Transport } from './transport.ts';
import type {
  Schedule,
  ScheduleCreate,
  ScheduleRun,
  ScheduleRunPage,
  ScheduleRunQuery,
  ScheduleUpdate,
} from './types.ts';

/** Messages that come by the clock, to a session or to a new one each time. */
export class Schedules {
  readonly #http: Transport;

  constructor(transport: Transport) {
    this.#http = transport;
  }

  #of(id: string, rest = ''): string {
    return `/api/schedules/${segment(id)}${rest}`;
  }

  /** The oldest first. */
  async list(options: CallOptions = {}): Promise<Schedule[]> {
    return (await this.#http.json<{ schedules: Schedule[] }>('GET', '/api/schedules', options)).schedules;
  }

  get(id: string, options: CallOptions = {}): Promise<Schedule> {
    return this.#http.json('GET', this.#of(id), options);
  }

  create(request: ScheduleCreate, options: CallOptions = {}): Promise<Schedule> {
    return this.#http.json('POST', '/api/schedules', { ...options, json: request });
  }

  /** A new time counts from now on. */
  update(id: string, request: ScheduleUpdate, options: CallOptions = {}): Promise<Schedule> {
    return this.#http.json('PATCH', this.#of(id), { ...options, json: request });
  }

  /** What it has started goes on. */
  delete(id: string, options: CallOptions = {}): Promise<{ success: true; id: string }> {
    return this.#http.json('DELETE', this.#of(id), options);
  }

  pause(id: string, options: CallOptions = {}): Promise<Schedule> {
    return this.#http.json('POST', this.#of(id, '/pause'), { ...options, resend: 'always' });
  }

  /** Goes on with the next time from now. */
  resume(id: string, options: CallOptions = {}): Promise<Schedule> {
    return this.#http.json('POST', this.#of(id, '/resume'), { ...options, resend: 'always' });
  }

  /** Has it run now, after the runs that are under way. */
  run(id: string, options: CallOptions = {}): Promise<ScheduleRun> {
    return this.#http.json('POST', this.#of(id, '/run'), options);
  }

  /** What came of its times, the newest first. */
  runs(id: string, query: ScheduleRunQuery = {}, options: CallOptions = {}): Promise<ScheduleRunPage> {
    return this.#http.json('GET', this.#of(id, '/runs'), { ...options, query });
  }
}
