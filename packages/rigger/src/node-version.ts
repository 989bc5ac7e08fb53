/** The Node that the commands need. Read by Nodes that are too old, so it is written plainly. */
const NEEDED = [22, 19];

/** What to say to a Node of this version, or null if it will do. */
export function complaintOf(version: string): string | null {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  if (major > NEEDED[0]! || (major === NEEDED[0]! && minor >= NEEDED[1]!)) return null;
  return `Rigger needs Node ${NEEDED.join('.')} or newer, and this is ${version}. Install a newer one: https://nodejs.org`;
}
