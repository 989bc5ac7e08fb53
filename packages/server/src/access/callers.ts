/** Who a request comes from: by a key, by a token of an issuer, or nobody in particular on a machine without keys. */
import { randomUUID } from 'node:crypto';
import { allows, type Caller, type CallerLimits, LOCAL_CALLER } from '../model/access.ts';
import { RiggerError } from '../model/errors.ts';
import type { Database } from '../store/database.ts';
import { badKeys, findKey, findTenant, hasKeys, type KeyRecord, touchKeys } from '../store/keys.ts';
import { idOf, matches } from './keys.ts';
import type { Issuer } from './oidc.ts';

/** A key that was looked up is not asked for again so soon; so soon, too, one that was revoked is refused everywhere. */
export const KNOWN_FOR_MS = 2_000;
const TOUCH_EVERY_MS = 30_000;
/** What of a key is remembered is bounded, whoever tries how many. */
const MOST_KNOWN = 10_000;

interface Known {
  key: KeyRecord;
  tenantLimits: CallerLimits;
  at: number;
}

export interface CallersOptions {
  database: Database;
  /** Whether this server listens to its own machine only: then it asks for no key until there is one. */
  local: boolean;
  issuer: Issuer | null;
  onError(error: unknown): void;
}

export class Callers {
  readonly #options: CallersOptions;
  readonly #known = new Map<string, Known>();
  readonly #used = new Set<string>();
  readonly #open = new Map<string, { keyId: string | null; until: number; end(): void }>();
  #keysAt = 0;
  #anyKeys = false;
  #touchedAt = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: CallersOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => void this.#look().catch(this.#options.onError), KNOWN_FOR_MS).unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#touch().catch(this.#options.onError);
  }

  /** Whether nobody is asked for a key: on this machine only, and until there is one. */
  async isOpen(): Promise<boolean> {
    if (!this.#options.local || this.#options.issuer !== null) return false;
    if (Date.now() - this.#keysAt > KNOWN_FOR_MS) {
      this.#anyKeys = await hasKeys(this.#options.database.db);
      this.#keysAt = Date.now();
    }
    return !this.#anyKeys;
  }

  /** After keys were made or changed here: this server knows at once, the others in `KNOWN_FOR_MS`. */
  forget(): void {
    this.#known.clear();
    this.#keysAt = 0;
  }

  /**
   * @param token what was shown, without the word `Bearer`; null: nothing.
   * @throws RiggerError `unauthorized`.
   */
  async callerOf(token: string | null): Promise<Caller> {
    if (token === null) {
      if (await this.isOpen()) return LOCAL_CALLER;
      throw new RiggerError('unauthorized', { detail: 'No key was shown.' });
    }
    const id = idOf(token);
    if (id !== null) return this.#byKey(id, token);
    const { issuer } = this.#options;
    if (issuer !== null && token.split('.').length === 3) return issuer.callerOf(token);
    throw new RiggerError('unauthorized', { detail: 'This is no key of Rigger’s.' });
  }

  /** The id of a key by which runners may join; null for anything else. */
  async runnerKey(token: string): Promise<string | null> {
    const id = idOf(token);
    const known = id === null ? null : await this.#lookUp(id);
    if (known === null || !matches(known.key, token, new Date()) || !allows(known.key.scopes, 'runner')) return null;
    this.#used.add(known.key.id);
    return known.key.id;
  }

  /**
   * Ends a stream within seconds of the end of the key, or of the token, by which it was opened.
   * @param expiresAt when a token of an issuer ends, in milliseconds.
   * @returns how to forget it.
   */
  watch(keyId: string | null, end: () => void, expiresAt = Number.POSITIVE_INFINITY): () => void {
    const id = randomUUID();
    this.#open.set(id, { keyId, until: expiresAt, end });
    return () => void this.#open.delete(id);
  }

  async #byKey(id: string, token: string): Promise<Caller> {
    const known = await this.#lookUp(id);
    if (known === null || !matches(known.key, token, new Date()))
      throw new RiggerError('unauthorized', { detail: 'This key is not known, or is good no longer.' });
    this.#used.add(id);
    const { key, tenantLimits } = known;
    return {
      tenant: key.tenant,
      scopes: key.scopes,
      keyId: key.id,
      name: key.name,
      userId: null,
      limits: { ...tenantLimits, ...key.limits },
    };
  }

  async #lookUp(id: string): Promise<Known | null> {
    const known = this.#known.get(id);
    if (known !== undefined && Date.now() - known.at < KNOWN_FOR_MS) return known;
    const { db } = this.#options.database;
    const key = await findKey(db, id);
    if (key === null) return null;
    const tenant = await findTenant(db, key.tenant);
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    const found = { key, tenantLimits: tenant?.limits ?? {}, at: Date.now() };
    this.#known.set(id, found);
    return found;
  }

  async #look(): Promise<void> {
    if (Date.now() - this.#touchedAt > TOUCH_EVERY_MS) await this.#touch();
    if (this.#open.size === 0) return;
    const now = Date.now();
    const ids = [...new Set([...this.#open.values()].flatMap(({ keyId }) => keyId ?? []))];
    const bad = new Set(ids.length === 0 ? [] : await badKeys(this.#options.database.db, ids));
    for (const [id, { keyId, until, end }] of this.#open) {
      if (until > now && (keyId === null || !bad.has(keyId))) continue;
      this.#open.delete(id);
      end();
    }
  }

  async #touch(): Promise<void> {
    this.#touchedAt = Date.now();
    const ids = [...this.#used];
    this.#used.clear();
    if (ids.length > 0) await touchKeys(this.#options.database.db, ids);
  }
}
