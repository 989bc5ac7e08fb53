-- Where a session's files are.
ALTER TABLE agent_sessions
  -- The runner that held it last, which has its folder.
  ADD COLUMN files_runner text,
  -- Whether its newest snapshot has all that the folder has: any runner may then have it next.
  ADD COLUMN files_kept boolean NOT NULL DEFAULT false;

-- Where other servers reach the one that a runner is connected to.
ALTER TABLE runners ADD COLUMN server_url text;
