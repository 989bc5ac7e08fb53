/** Sessions by the hundred thousand, made by the database itself: what a server has after a busy quarter. */
import pg from 'pg';

/**
 * Of ten, one is an idle hybrid that is parked, with a lifetime still to come; nine have ended. Half of them are ephemeral.
 * They were created over 90 days. Few users and tags have most of them, as it goes: the first of 1,000 users 3 %, the
 * first of 50 tags 14 %.
 */
const SEED = `
INSERT INTO agent_sessions (id, sdk_session_id, pattern, status, status_reason, config, created_at, started_at, last_activity_at,
  completed_at, terminated_at, total_cost, total_tokens, num_turns, tools_used, max_idle_time_ms, max_lifetime_ms, tags,
  description, user_id, isolation, last_event_seq, epoch, last_batch, next_deadline_at)
SELECT 'sess_' || lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || substr(md5(n::text), 1, 20),
  md5('sdk' || n)::uuid::text, pattern, status,
  CASE status WHEN 'error' THEN 'error' WHEN 'terminated' THEN 'user_requested' END,
  jsonb_build_object('model', 'claude-sonnet-4-5', 'systemPrompt', repeat('You are careful and brief. ', 8), 'allowedTools', '["Read","Edit","Bash"]'::jsonb),
  at, at + interval '1 second', at + took,
  CASE WHEN status IN ('completed', 'error') THEN at + took END, CASE WHEN status = 'terminated' THEN at + took END,
  round((0.5 * random())::numeric, 9), (random() * 40000)::bigint, (random() * 20)::integer, '{Read,Bash}',
  1800000, CASE WHEN status = 'idle' THEN 31536000000 END, tags,
  'Session number ' || n, 'user_' || floor(1000 * power(random(), 1.5))::integer, 'bubblewrap', 40, 1, 12,
  CASE WHEN status = 'idle' THEN at + interval '365 days' END
FROM (
  SELECT n, clock_timestamp() - interval '90 days' * (1 - n / $1::float8) AS at, interval '1 minute' * (1 + 30 * random()) AS took,
    CASE WHEN n % 10 = 0 OR share < 0.75 AND share >= 0.5 THEN 'hybrid' WHEN share < 0.5 THEN 'ephemeral'
         WHEN share < 0.9 THEN 'long-running' ELSE 'single-container' END AS pattern,
    CASE WHEN n % 10 = 0 THEN 'idle' WHEN outcome < 0.85 THEN 'completed' WHEN outcome < 0.92 THEN 'error' ELSE 'terminated' END AS status,
    ARRAY(SELECT DISTINCT 'tag_' || floor(50 * power(random(), 2))::integer FROM generate_series(1, (n % 4)::integer)) AS tags
  FROM (SELECT n, random() AS share, random() AS outcome FROM generate_series($2::bigint, $3::bigint) AS n) AS drawn
) AS made`;

/** Fills agent_sessions with `count` sessions and leaves it as a database is that has been running: vacuumed and analysed. */
export async function seedSessions(
  connection: pg.ClientConfig,
  count: number,
  progress: (text: string) => void,
): Promise<void> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    const step = 50_000;
    for (let from = 1; from <= count; from += step) {
      progress(`${from - 1} of ${count} sessions are there`);
      await client.query(SEED, [count, from, Math.min(from + step - 1, count)]);
    }
    progress('vacuum and analyse');
    await client.query('VACUUM ANALYZE');
  } finally {
    await client.end();
  }
}
