-- The trace that a turn is part of, as W3C's `traceparent` says it: that of the request that queued it. Null: a trace of its own.
ALTER TABLE session_turns ADD COLUMN traceparent text;
