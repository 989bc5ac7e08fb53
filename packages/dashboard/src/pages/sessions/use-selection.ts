import { useCallback, useMemo, useRef, useState } from 'react';
import type { Session } from '../../api/types.ts';

export interface Selection {
  ids: ReadonlySet<string>;
  /** Takes one in or out; with `range`, all between it and the one before. */
  toggle: (id: string, range?: boolean) => void;
  /** All that are loaded, or none. */
  toggleAll: () => void;
  clear: () => void;
  all: boolean;
  /** Those that are selected and loaded. */
  sessions: () => Session[];
}

export function useSelection(rows: Session[]): Selection {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const last = useRef<string | null>(null);
  const latest = useRef(rows);
  latest.current = rows;
  const toggle = useCallback((id: string, range = false) => {
    setIds((before) => {
      const next = new Set(before);
      const rows = latest.current;
      const from = range ? rows.findIndex((row) => row.id === last.current) : -1;
      const to = from < 0 ? -1 : rows.findIndex((row) => row.id === id);
      if (from >= 0 && to >= 0)
        for (const row of rows.slice(Math.min(from, to), Math.max(from, to) + 1)) next.add(row.id);
      else if (!next.delete(id)) next.add(id);
      return next;
    });
    last.current = id;
  }, []);
  const clear = useCallback(() => setIds(new Set()), []);
  const all = rows.length > 0 && ids.size >= rows.length && rows.every(({ id }) => ids.has(id));
  const toggleAll = useCallback(
    () =>
      setIds((before) =>
        before.size >= latest.current.length ? new Set() : new Set(latest.current.map(({ id }) => id)),
      ),
    [],
  );
  return useMemo(
    () => ({
      ids,
      toggle,
      toggleAll,
      clear,
      all,
      sessions: () => latest.current.filter(({ id }) => ids.has(id)),
    }),
    [ids, toggle, toggleAll, clear, all],
  );
}
