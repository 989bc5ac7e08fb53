/** What the model says in one answer, before it is put on the wire. */
export interface Reply {
  thinking?: string;
  text?: string;
  tools: { id: string; name: string; input: Record<string, unknown> }[];
}
