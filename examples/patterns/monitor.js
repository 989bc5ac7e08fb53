/** What runs and what it costs: the newest sessions as a table, and the sums over all of them. */
import { bold, dim, line, usd } from '../lib/terminal.js';

const SHOWN = 20;

function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  rows.forEach((row, index) => {
    const text = row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd();
    line(`  ${index === 0 ? bold(text) : text}`);
  });
}

const seconds = (ms) => `${(ms / 1_000).toFixed(1)} s`;

export async function run(rigger, proof) {
  const newest = [];
  for await (const session of rigger.sessions.each({ limit: SHOWN })) if (newest.push(session) === SHOWN) break;
  const stats = await rigger.sessions.stats();

  line();
  table([
    ['SESSION', 'PATTERN', 'STATUS', 'REASON', 'COST', 'TURNS', 'DESCRIPTION'],
    ...newest.map((session) => [
      session.id,
      session.pattern,
      session.status,
      session.statusReason ?? '',
      usd(session.totalCost),
      String(session.numTurns),
      session.description ?? '',
    ]),
  ]);
  if (newest.length < stats.totalSessions)
    line(dim(`  … the newest ${newest.length}; the sums below count all, deleted ones included`));

  const { active = 0, idle = 0 } = stats.byStatus;
  line(
    `\n  ${bold('Sessions')} ${stats.totalSessions}: ${Object.entries(stats.byStatus)
      .map(([status, count]) => `${count} ${status}`)
      .join(', ')}`,
  );
  line(
    `  ${bold('Spent')}    ${usd(stats.totalCost)}, ${stats.totalTokens} tokens, ${seconds(stats.avgSessionDuration)} on average`,
  );
  for (const [pattern, { count, avgCost, avgTokens, avgDuration }] of Object.entries(stats.byPattern))
    if (count > 0)
      line(
        dim(
          `  ${pattern.padEnd(16)} ${String(count).padStart(4)} × ${usd(avgCost)}, ${Math.round(avgTokens)} tokens, ${seconds(avgDuration)} on average`,
        ),
      );

  const counted = Object.values(stats.byStatus).reduce((sum, count) => sum + count, 0);
  proof.check(
    'statuses and patterns add up to all sessions',
    counted === stats.totalSessions &&
      Object.values(stats.byPattern).reduce((sum, { count }) => sum + count, 0) === counted,
  );
  proof.check(
    'the live ones are counted',
    stats.activeSessions === active && stats.idleSessions === idle,
    `${active} active, ${idle} idle`,
  );
}
