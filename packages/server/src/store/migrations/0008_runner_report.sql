-- What a runner says of itself with each heartbeat, for those who look at it; nothing is decided by it.
ALTER TABLE runners ADD COLUMN report jsonb;
