-- Sessions that wait for money, of which there are few: shown to people first, and asked for every few seconds.
CREATE INDEX agent_sessions_paused ON agent_sessions (created_at DESC, id DESC) WHERE paused;
