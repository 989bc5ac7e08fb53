import { afterEach, describe, expect, test, vi } from 'vitest';
import type { AskedBefore, Item, PermissionDecision } from '../protocol/index.ts';
import { Approvals, type Asking } from './approvals.ts';
import { Calls } from './calls.ts';

afterEach(() => vi.useRealTimers());

const ALLOW: PermissionDecision = { behavior: 'allow' };
const bash = { command: 'touch x' };

/** An agent’s approvals, with the process and the server at their other ends in the test’s hands. */
function agent({ asks = true } = {}) {
  const items: Item[] = [];
  const events: Record<string, unknown>[] = [];
  const process = { alive: true };
  const committed: (() => void)[] = [];
  const asking: Asking = { turn: 'turn_1', calls: new Calls(), goesOn: () => process.alive, refused: () => {} };
  const approvals = new Approvals({
    agent: 'main',
    allowed: [],
    cwd: () => '/workspace',
    asks: () => asks,
    now: () => asking,
    emit: (item) => items.push(item),
    settle: (item) => {
      items.push(item);
      return new Promise((resolve) => committed.push(resolve));
    },
    event: (_type, data) => events.push(data),
  });
  const abort = new AbortController();
  const use = (toolUseID: string, input = bash) => {
    approvals.wrote([{ type: 'assistant', message: { content: [{ type: 'tool_use', id: toolUseID }] } }]);
    return approvals.canUseTool('Bash', input, { signal: abort.signal, toolUseID, requestId: 'r' });
  };
  const requested = () => items.filter((item) => item.kind === 'permission_requested');
  return { approvals, items, events, process, committed, abort, use, requested };
}
const before = (over: Partial<AskedBefore>): AskedBefore => ({
  id: 'perm_1',
  kind: 'tool',
  tool: 'Bash',
  input: bash,
  toolUseId: 'a',
  decision: null,
  ...over,
});

describe('a call that asks', () => {
  test('is told of once the transcript has it, and uses its answer once that is known to be taken', async () => {
    const { approvals, items, committed, requested } = agent();
    const { signal } = new AbortController();
    let result: unknown;
    const call = approvals.canUseTool('Bash', bash, { signal, toolUseID: 'a', requestId: 'r' }).then((given) => {
      result = given;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(items).toEqual([]);
    approvals.wrote([{ type: 'assistant', message: { content: [{ type: 'tool_use', id: 'a' }] } }]);
    await vi.waitFor(() => expect(requested()).toHaveLength(1));
    approvals.decide((requested()[0] as { id: string }).id, ALLOW);
    await vi.waitFor(() => expect(committed).toHaveLength(1));
    expect(items.at(-1)).toMatchObject({ kind: 'permission_taken' });
    expect(result).toBeUndefined();
    committed[0]!();
    await call;
    expect(result).toEqual({ behavior: 'allow', updatedInput: bash });
  });

  test('again after its process was gone has the request that was made before: by its id, else by what it does', async () => {
    const { approvals, committed, use, requested } = agent();
    approvals.begin([
      before({ id: 'perm_other', toolUseId: 'z', decision: ALLOW }),
      before({ id: 'perm_same', toolUseId: 'a', decision: { behavior: 'deny', message: 'no', interrupt: false } }),
    ]);
    const same = use('a');
    await vi.waitFor(() => expect(committed).toHaveLength(1));
    committed[0]!();
    expect(await same).toMatchObject({ behavior: 'deny', message: 'no' });
    const alike = use('b');
    await vi.waitFor(() => expect(committed).toHaveLength(2));
    committed[1]!();
    expect(await alike).toMatchObject({ behavior: 'allow' });
    expect(requested()).toEqual([]);
    void use('c');
    await vi.waitFor(() => expect(requested()).toHaveLength(1));
  });

  test('has an answer that came before it was asked again', async () => {
    const { approvals, committed, use } = agent();
    approvals.begin([before({})]);
    approvals.decide('perm_1', ALLOW);
    const call = use('a');
    await vi.waitFor(() => expect(committed).toHaveLength(1));
    committed[0]!();
    expect(await call).toMatchObject({ behavior: 'allow' });
  });

  test('that its program takes back is withdrawn; one whose process is gone waits on', async () => {
    for (const alive of [true, false]) {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      const { items, process, abort, use, requested } = agent();
      const call = use('a');
      await vi.waitFor(() => expect(requested()).toHaveLength(1));
      process.alive = alive;
      abort.abort();
      expect(await call).toMatchObject({ behavior: 'deny' });
      await vi.advanceTimersByTimeAsync(5_000);
      expect(items.some((item) => item.kind === 'permission_withdrawn')).toBe(alive);
      vi.useRealTimers();
    }
  });

  test('of a turn that has ended is answered with a denial, so that nothing waits for ever', async () => {
    const { approvals, use, requested } = agent();
    const call = use('a');
    await vi.waitFor(() => expect(requested()).toHaveLength(1));
    approvals.end('turn_1');
    expect(await call).toMatchObject({ behavior: 'deny' });
  });

  test('is refused at once where nobody can be asked, and the log says so', async () => {
    const { items, events, use } = agent({ asks: false });
    expect(await use('a')).toMatchObject({ behavior: 'deny' });
    expect(items).toEqual([]);
    expect(events).toEqual([expect.objectContaining({ tool: 'Bash', behavior: 'deny', by: 'rigger' })]);
  });
});
