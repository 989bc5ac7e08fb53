/** More sessions than anybody could have said something to, and what they would have cost: written into the database itself. */
import type { Rigger } from '../../rigger/test/harness.ts';

type Sql = Pick<Rigger, 'sql'>;

/** So many sessions, one a minute back from now, of every pattern and status, with users and tags. */
export async function crowd({ sql }: Sql, sessions: number): Promise<void> {
  await sql(
    `INSERT INTO agent_sessions (id, pattern, status, status_reason, config, created_at, started_at, last_activity_at,
       completed_at, terminated_at, total_cost, total_tokens, num_turns, tools_used, max_budget_usd, tags, description, user_id, isolation)
     SELECT 'sess_' || md5(n::text), pattern, status, CASE status WHEN 'terminated' THEN 'idle_timeout' WHEN 'error' THEN 'error' END,
       '{"model":"claude-sonnet-4-5","allowedTools":["Read","Edit","Bash"]}', made, made + interval '1 second', ended,
       CASE WHEN status IN ('completed', 'error') THEN ended END, CASE WHEN status = 'terminated' THEN ended END,
       (n % 997) * 0.0013, (n % 997) * 211, n % 40, ARRAY['Read', 'Bash'], CASE WHEN n % 3 = 0 THEN 2 END,
       ARRAY[(ARRAY['bug-fix', 'invoices', 'docs', 'support', 'nightly'])[1 + n % 5]] || CASE WHEN n % 7 = 0 THEN ARRAY['urgent'] ELSE '{}' END,
       (ARRAY['Fix the login timeout', 'Process invoice', 'Translate the release notes', 'Answer ticket', 'Rebuild the search index'])[1 + n % 5] || ' ' || n,
       'user_' || n % 50, 'bubblewrap'
     FROM (
       SELECT n, (ARRAY['ephemeral', 'hybrid', 'ephemeral', 'long-running', 'single-container'])[1 + n % 5] AS pattern,
         (ARRAY['completed', 'completed', 'terminated', 'completed', 'error', 'idle', 'completed'])[1 + n % 7] AS status,
         now() - n * interval '1 minute' AS made, now() - n * interval '1 minute' + (n % 50) * interval '1 second' AS ended
       FROM generate_series(1, $1::int) AS n
     ) AS one`,
    [sessions],
  );
}

/** What was spent over so many days: more by day than by night, by a few models. */
export async function history({ sql }: Sql, days: number): Promise<void> {
  await sql(
    `INSERT INTO usage_hours (hour, session_id, agent, model, user_id, pattern, tags, calls, input_tokens, output_tokens,
       cache_write_5m_tokens, cache_write_1h_tokens, cache_read_tokens, web_searches, cost, estimated_cost)
     SELECT date_trunc('hour', now(), 'UTC') - h * interval '1 hour', 'sess_' || md5((h * 60 + m)::text), 'main',
       (ARRAY['claude-sonnet-4-5', 'claude-opus-4-8', 'claude-haiku-4-5'])[1 + m % 3], 'user_' || (h * 7 + m) % 50,
       (ARRAY['ephemeral', 'hybrid', 'long-running', 'single-container'])[1 + (h + m) % 4],
       ARRAY[(ARRAY['bug-fix', 'invoices', 'docs', 'support', 'nightly'])[1 + m % 5]], 12 + m, 9000, 2500, 4000, 0, 60000, 0,
       (0.4 + 0.35 * sin((h % 24 - 3) * pi() / 12) + (h * m % 11) * 0.05) * (ARRAY[0.6, 1.4, 0.1])[1 + m % 3], 0.001
     FROM generate_series(1, $1::int * 24) AS h, generate_series(1, 5) AS m
     ON CONFLICT DO NOTHING`,
    [days],
  );
  await sql(
    `INSERT INTO model_calls (id, session_id, agent, user_id, pattern, tags, model, stream, price, reserved, outcome, started_at, settled_at, first_byte_ms, total_ms)
     SELECT 'call_' || n, 'sess_' || md5(n::text), 'main', 'user_' || n % 50, 'hybrid', '{}', 'claude-sonnet-4-5', true, '{}', 0, 'done',
       now() - n * interval '1 minute', now() - n * interval '1 minute', 600 + (n * 37 % 900) + 500 * (1 + sin(n / 190.0)), 4000 + n * 91 % 9000
     FROM generate_series(1, 2880) AS n`,
  );
}
