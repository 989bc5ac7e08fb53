import { uuidv7 } from 'uuidv7';

/** The one place that makes ids: `sess_…`, `turn_…` and so on, ordered by the time of their making (UUIDv7). */
export const newId = (
  kind:
    | 'sess'
    | 'turn'
    | 'srv'
    | 'call'
    | 'budget'
    | 'snap'
    | 'perm'
    | 'rst'
    | 'hook'
    | 'msg'
    | 'dlv'
    | 'sched'
    | 'run'
    | 'pod',
): string => `${kind}_${uuidv7().replaceAll('-', '')}`;
