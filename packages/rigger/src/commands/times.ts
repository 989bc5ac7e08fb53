/** A day means its beginning in UTC. */
export const time = (text: string | undefined): string | undefined =>
  text !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text;

/** A time as tables show it, in UTC. */
export const minute = (time: string): string => time.slice(0, 19).replace('T', ' ');
