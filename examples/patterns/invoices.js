/** Ephemeral, in parallel: one session for each customer. None sees another's files, and their cost adds up by a tag. */
import { createTagged } from '../lib/sessions.js';
import { brief, dim, line, spent, usd } from '../lib/terminal.js';

const CUSTOMERS = {
  alder: ['INV-1001,Alder & Sons,1250.00', 'INV-1002,Alder & Sons,349.90'],
  birch: ['INV-2001,Birch Ltd,80.25', 'INV-2002,Birch Ltd,19.75', 'INV-2003,Birch Ltd,400.00'],
  cedar: ['INV-3001,Cedar GmbH,999.99'],
};

const task = (invoices) =>
  `Process these invoices: save them as invoices.csv, then add up the last column with awk. End with the line “Total: <amount>”, two decimals.\n\n${invoices.join('\n')}`;

const sum = (invoices) => invoices.reduce((total, invoice) => total + Number(invoice.split(',').at(-1)), 0).toFixed(2);

export async function run(rigger, proof) {
  // A tag of this run, so that its own cost can be asked for.
  const batch = `batch-${Date.now().toString(36)}`;

  async function processOne(customer, invoices) {
    const session = await createTagged(rigger, {
      pattern: 'ephemeral',
      config: {
        model: 'claude-sonnet-4-5',
        systemPrompt: 'You process invoices.',
        maxTurns: 10,
        allowedTools: ['Bash', 'Read', 'Write'],
      },
      maxBudgetUsd: 0.5,
      tags: ['invoices', batch],
      description: `Invoices of ${customer}`,
    });
    line(dim(`  ${customer}: session ${session.id} is given ${invoices.length} invoices`));
    const { response, session: after, latency } = await rigger.sessions.message(session.id, task(invoices));
    line(`  ${customer}: ${response.content.split('\n').at(-1)} ${dim(`after ${latency} ms, ${brief(spent(after))}`)}`);
    return { customer, invoices, answer: response.content, session: after };
  }

  const done = await Promise.all(
    Object.entries(CUSTOMERS).map(([customer, invoices]) => processOne(customer, invoices)),
  );
  const sessions = done.map(({ session }) => session);
  const sums = await rigger.sessions.stats({ tags: batch });
  const cost = sessions.reduce((total, session) => total + session.totalCost, 0);

  for (const { customer, invoices, answer } of done)
    proof.check(`the total of ${customer} is right`, answer.replaceAll(',', '').includes(sum(invoices)), sum(invoices));
  proof.check(
    'every session completed by itself',
    sessions.every(({ status }) => status === 'completed'),
  );
  proof.check(
    'they worked at the same time',
    Math.max(...sessions.map(({ startedAt }) => Date.parse(startedAt))) <
      Math.min(...sessions.map(({ completedAt }) => Date.parse(completedAt))),
  );
  proof.check(
    'the statistics of their tag give their number and their cost',
    sums.totalSessions === sessions.length && Math.abs(sums.totalCost - cost) < 1e-9,
    `${sums.totalSessions} sessions, ${usd(sums.totalCost)}`,
  );
}
