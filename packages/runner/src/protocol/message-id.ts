/** A turn's id as the UUID of its message, so that a transcript tells whether it holds it. */
export function messageUuid(turn: string): `${string}-${string}-${string}-${string}-${string}` {
  const hex = turn
    .replace(/^turn_/, '')
    .padEnd(32, '0')
    .slice(0, 32);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
