import type { PermissionRecord, SessionRecord, TurnRecord } from '../model/record.ts';
import type { SessionEvent } from '../model/turn.ts';
import type { CallEnd, Settled } from '../store/ledger.ts';

/** A model call that has been settled. */
export interface Paid extends Settled {
  end: CallEnd;
}

/** What a committed change of one session means for the rest of the server. */
export interface Committed {
  session: SessionRecord;
  /** When, by the database's clock. */
  at: Date;
  events: SessionEvent[];
  /** Turns that its runner is now to run. */
  given: TurnRecord[];
  /** Turns that its runner is now to stop. */
  stopped: TurnRecord[];
  /** Requests for permission that have their answer now, or need none any more. */
  answered: PermissionRecord[];
  /** Turns that this change ended, as they are now. */
  ended: TurnRecord[];
  /** Its runner is to let go of it. */
  release: boolean;
  /** Its runner has let go of it, by its own word or by its lease's end. */
  released: boolean;
  deleted: boolean;
  /** How many deliveries of webhooks are owed because of it. */
  owed: number;
}
