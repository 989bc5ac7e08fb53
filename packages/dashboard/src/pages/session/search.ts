export const INSPECTOR_TABS = ['status', 'files', 'snapshots', 'events', 'api'] as const;
export type InspectorTab = (typeof INSPECTOR_TABS)[number];

/** What of the page is in its address, so that a link shows the same. */
export interface SessionSearch {
  /** The tab of the inspector; absent: it is closed on a phone, and at `status` elsewhere. */
  tab?: InspectorTab;
  /** The agent whose conversation alone is shown. */
  agent?: string;
  /** The event that is pointed at. */
  event?: number;
  /** The file that is open. */
  file?: string;
  /** Types of events that are shown. */
  type?: string;
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined;

/** What an address asks for; what is not understood is left out. */
export function readSearch(search: Record<string, unknown>): SessionSearch {
  const event = Number(search.event);
  const { tab } = search;
  const [agent, file, type] = [text(search.agent), text(search.file), text(search.type)];
  return {
    ...(INSPECTOR_TABS.includes(tab as InspectorTab) ? { tab: tab as InspectorTab } : {}),
    ...(agent === undefined ? {} : { agent }),
    ...(Number.isSafeInteger(event) && event > 0 ? { event } : {}),
    ...(file === undefined ? {} : { file }),
    ...(type === undefined ? {} : { type }),
  };
}
