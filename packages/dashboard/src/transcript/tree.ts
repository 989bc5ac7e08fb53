import type { Row, ToolCall, ToolRow, ToolState } from './rows.ts';

/** One conversation: the agent's, or a subagent's inside of a tool call. */
export interface Scope {
  rows: Row[];
  /** The tool call that it is inside of. */
  inside: Place | null;
}
export interface Place {
  scope: Scope;
  index: number;
}

/** Rows in their conversations. A change of one deep inside makes new rows of all that it is inside of, and of no other. */
export class Tree {
  readonly main: Scope = { rows: [], inside: null };
  readonly #threads = new Map<string, Scope>();
  readonly #tools = new Map<string, Place>();

  add(scope: Scope, row: Row): Place {
    scope.rows.push(row);
    const place = { scope, index: scope.rows.length - 1 };
    if (row.kind === 'tool') this.#tools.set(row.tool.id, place);
    this.#spread(scope);
    return place;
  }

  row(place: Place): Row {
    return place.scope.rows[place.index]!;
  }

  replace(place: Place, row: Row): void {
    place.scope.rows[place.index] = row;
    this.#spread(place.scope);
  }

  /** Changes a tool call, if it is here. */
  patchTool(id: string, patch: Partial<ToolCall>): void {
    const place = this.#tools.get(id);
    if (place !== undefined) this.#patch(place, patch);
  }

  /** Moves a tool call on from one state, and from no other. */
  moveTool(id: string, from: ToolState, to: ToolState): void {
    const place = this.#tools.get(id);
    if (place !== undefined && (this.row(place) as ToolRow).tool.state === from) this.#patch(place, { state: to });
  }

  /** The conversation of what the call `parent` started; without one, the agent's own. */
  scopeOf(parent: string | null | undefined): Scope {
    if (parent === null || parent === undefined) return this.main;
    let scope = this.#threads.get(parent);
    if (scope === undefined) {
      // Without the call that began it, as before the first event that is here, a thread stands by itself.
      const inside = this.#tools.get(parent) ?? null;
      scope = inside === null ? this.main : { rows: [], inside };
      this.#threads.set(parent, scope);
    }
    return scope;
  }

  #patch(place: Place, patch: Partial<ToolCall>): void {
    const row = this.row(place) as ToolRow;
    this.replace(place, { ...row, tool: { ...row.tool, ...patch } });
  }

  #spread({ inside, rows }: Scope): void {
    if (inside !== null) this.#patch(inside, { thread: [...rows] });
  }
}
