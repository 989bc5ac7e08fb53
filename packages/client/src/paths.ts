/** Addresses of what a request is about. */

/** Names that a URL would take for a way to somewhere else. */
const LEADS_AWAY = new Set(['', '.', '..']);

/** One name as a segment of a path. @throws TypeError for a name that would lead to another route. */
export function segment(name: string): string {
  if (LEADS_AWAY.has(name)) throw new TypeError(`“${name}” cannot be the name of anything on the server.`);
  return encodeURIComponent(name);
}

/** A file's path, with `/` between its names. @throws TypeError for one that is empty or has `.` or `..` in it. */
export const filePath = (path: string): string => path.replace(/^\/+/, '').split('/').map(segment).join('/');

/** A path of the document with its parameters in their places. */
export function fill(template: string, parameters: Record<string, string> = {}): string {
  return template.replace(/\{([^}]+)\}/g, (_, name: string) => {
    const value = parameters[name];
    if (value === undefined) throw new TypeError(`${template} needs “${name}”.`);
    return name === '*' ? filePath(value) : segment(value);
  });
}

/** `?a=1&b=2`; what is undefined is left out, and lists have commas. */
export function queryOf(query: object | undefined): string {
  const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== null);
  if (given.length === 0) return '';
  const text = given.map(([name, value]): [string, string] => [
    name,
    Array.isArray(value) ? value.join(',') : String(value),
  ]);
  return `?${new URLSearchParams(text)}`;
}
