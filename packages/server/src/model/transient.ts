/** Which errors of the database say that it is away for the moment, and which that the same work may be done again. */

/** Node's and PostgreSQL's codes for a database that is away, starting, stopping or out of connections. */
const AWAY = /^(ECONNREFUSED|ECONNRESET|ENOENT|EPIPE|ETIMEDOUT|08\d{3}|57P0\d|53300)$/;
const AWAY_IN_WORDS =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|the database system is|Client has encountered a connection error/i;
/** Serialization failure and deadlock: PostgreSQL undid everything and asks to be asked again. */
const UNDONE = /^40(001|P01)$/;

type DatabaseError = { code?: string; message?: string } | null | undefined;

export const isDatabaseAway = (error: unknown): boolean =>
  AWAY.test((error as DatabaseError)?.code ?? '') || AWAY_IN_WORDS.test((error as DatabaseError)?.message ?? '');

export const isUndone = (error: unknown): boolean => UNDONE.test((error as DatabaseError)?.code ?? '');
