import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Pencil, Plus, Trash2, Wallet } from 'lucide-react';
import { useState } from 'react';
import { rigger } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { budgetsQuery } from '../../api/queries.ts';
import type { Budget } from '../../api/types.ts';
import { budgetName } from '../../format/budgets.ts';
import { exactMoney, money } from '../../format/money.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { Meter } from '../../ui/meter.tsx';
import { Panel, Section } from '../../ui/section.tsx';
import { Empty, Failed, Skeleton } from '../../ui/states.tsx';
import { toast } from '../../ui/toast.tsx';
import { Tooltip } from '../../ui/tooltip.tsx';
import { Ago } from '../../ui/values.tsx';
import { type BudgetDraft, BudgetForm } from './budget-form.tsx';

const CURL = (origin: string) => `curl -s -X PUT ${origin}/api/budgets -H 'Content-Type: application/json' \\
  -d '{ "scope": "user", "userId": "ann", "period": "day", "limitUsd": 5 }'`;

/** What users and everybody may spend: where it is spent, model calls are refused. */
export function Budgets() {
  const client = useQueryClient();
  const { data, error, refetch } = useQuery(budgetsQuery);
  const [editing, setEditing] = useState<BudgetDraft | null>(null);
  const [removing, setRemoving] = useState<Budget | null>(null);
  const fresh = { scope: 'all', userId: '', period: 'day', limit: '', isNew: true } as const;
  return (
    <Section
      id="budgets"
      title="Budgets"
      beside="Of users and of everybody. A session’s own is set at the session."
      action={
        data !== undefined &&
        data.length > 0 && (
          <Button size="sm" onClick={() => setEditing(fresh)}>
            <Plus /> Set a budget
          </Button>
        )
      }
    >
      <Panel>
        {error !== null && data === undefined ? (
          <Failed error={error} onRetry={() => void refetch()} className="py-8" />
        ) : data === undefined ? (
          <div className="p-4">
            <Skeleton className="w-1/2" />
          </div>
        ) : data.length === 0 ? (
          <Empty
            icon={Wallet}
            title="No budget"
            className="py-8"
            curl={CURL(location.origin)}
            action={
              <Button look="primary" onClick={() => setEditing(fresh)}>
                <Plus /> Set a budget
              </Button>
            }
          >
            Nothing but the sessions’ own budgets limits what is spent. A budget of a user, or of everybody, stops model
            calls when it is spent.
          </Empty>
        ) : (
          <ul className="divide-y">
            {data.map((budget) => (
              <Row
                key={budget.id}
                budget={budget}
                onEdit={() =>
                  setEditing({
                    scope: budget.scope === 'user' ? 'user' : 'all',
                    userId: budget.userId ?? '',
                    period: budget.period,
                    limit: String(budget.limitUsd),
                    isNew: false,
                  })
                }
                onRemove={() => setRemoving(budget)}
              />
            ))}
          </ul>
        )}
      </Panel>
      {editing !== null && <BudgetForm draft={editing} onClose={() => setEditing(null)} />}
      {removing !== null && (
        <Confirm
          open
          onOpenChange={(open) => !open && setRemoving(null)}
          title="Remove this budget?"
          description={`${budgetName(removing)} no longer limits anything. What was spent stays in the usage.`}
          action="Remove"
          onConfirm={async () => {
            await rigger.budgets.delete(removing.id);
            toast({ title: 'The budget is removed' });
            await client.invalidateQueries({ queryKey: keys.budgets });
          }}
        />
      )}
    </Section>
  );
}

const PERIODS = { day: 'a day', month: 'a month', total: 'in all' } as const;

function Row({ budget, onEdit, onRemove }: { budget: Budget; onEdit: () => void; onRemove: () => void }) {
  const { scope, userId, keyId, period, limitUsd, spentUsd, reservedUsd, periodEnd } = budget;
  const whose = scope === 'all' ? 'Everybody' : scope === 'user' ? userId! : `Key ${keyId}`;
  const share = limitUsd === 0 ? 1 : (spentUsd + reservedUsd) / limitUsd;
  return (
    <li className="flex items-center gap-3 px-4 py-3">
      <div className="grid min-w-0 flex-1 gap-x-6 gap-y-1 md:grid-cols-[minmax(0,14rem)_minmax(0,1fr)_9rem] md:items-center">
        <p className="min-w-0 truncate text-sm">
          {scope === 'user' ? (
            <Link
              to="/usage"
              search={{ user: userId!, by: 'session', range: period === 'day' ? 'today' : '30d' }}
              className="font-medium hover:underline"
            >
              {whose}
            </Link>
          ) : (
            <span className="font-medium">{whose}</span>
          )}
        </p>
        <Meter
          label={`${money(limitUsd)} ${PERIODS[period]}`}
          share={share}
          value={share >= 1 ? `${money(spentUsd)} spent: calls are refused` : `${money(spentUsd)} spent`}
          title={`${exactMoney(spentUsd)} of ${exactMoney(limitUsd)}${reservedUsd > 0 ? `, ${exactMoney(reservedUsd)} held for calls under way` : ''}`}
        />
        <p className="text-ink-3 text-xs md:text-right">
          {periodEnd === null ? (
            'never begins again'
          ) : (
            <>
              begins again <Ago at={periodEnd} />
            </>
          )}
        </p>
      </div>
      <Tooltip label="Change">
        <Button
          look="ghost"
          size="iconSm"
          aria-label={`Change ${budgetName(budget).replace('The ', 'the ')}`}
          onClick={onEdit}
          disabled={scope === 'key'}
        >
          <Pencil />
        </Button>
      </Tooltip>
      <Tooltip label="Remove">
        <Button
          look="ghost"
          size="iconSm"
          aria-label={`Remove ${budgetName(budget).replace('The ', 'the ')}`}
          onClick={onRemove}
        >
          <Trash2 />
        </Button>
      </Tooltip>
    </li>
  );
}
