/** What a client may say on a session's WebSocket, and what it is answered: the same rules as behind the HTTP routes. */
import { z } from 'zod';
import { type Actor, actAs } from '../access/actor.ts';
import type { Access } from '../access/door.ts';
import { allows, type Caller } from '../model/access.ts';
import { RiggerError } from '../model/errors.ts';
import { permissionAnswer } from '../model/permissions.ts';
import { messageRequest } from '../model/turn.ts';
import { answerPermission } from '../sessions/answering.ts';
import { interruptSession } from '../sessions/lifecycle.ts';
import { queueMessage } from '../sessions/messages.ts';
import { viewPermission } from '../sessions/views.ts';
import { isOpenCaller, obey } from './access.ts';
import type { Parts } from './parts.ts';
import { fromIssues, problemOf, toRiggerError } from './problems.ts';
import { idempotencyKey } from './schemas.ts';
import { isDeep, refuseUnstorable, tooDeep, withoutNulls } from './storable.ts';

const ref = z.string().max(255).optional();
const { prompt, agent } = messageRequest.shape;

const answerWord = z.looseObject({ type: z.literal('answer'), ref, permissionId: z.string().min(1).max(255) });
const frame = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('message'), ref, prompt, agent, idempotencyKey: idempotencyKey.optional() }),
  z.strictObject({ type: z.literal('interrupt'), ref, agent }),
  answerWord,
]);

export type Answer = { type: 'ack' | 'problem'; ref?: string } & Record<string, unknown>;

/** Who speaks on a socket. */
export interface Speaker {
  caller: Caller;
  actor: Actor | null;
  connection: string;
}

/** What the audit log calls a frame; it is nobody's entry yet. */
const ACTIONS = {
  message: { action: 'message.send', recordedIn: null },
  interrupt: { action: 'session.interrupt', recordedIn: null },
  answer: { action: 'permission.answer', recordedIn: null },
};

/** A socket is opened with leave to read; what is said on it asks for more. @throws RiggerError `forbidden`, `rate_limited`. */
async function admit({ rates }: Access, { caller }: Speaker, type: keyof typeof ACTIONS): Promise<void> {
  if (!allows(caller.scopes, 'write'))
    throw new RiggerError('forbidden', {
      detail: 'This key may only read.',
      extra: { needs: 'write', scopes: caller.scopes },
    });
  if (isOpenCaller(caller)) return;
  obey(await rates.count(caller, 'request'));
  if (type === 'message') obey(await rates.count(caller, 'message'));
}

/** Does what a frame says. Never rejects: what is wrong becomes a problem frame. */
export async function answerFrame(
  { engine, drain, access }: Parts,
  id: string,
  text: string,
  who: Speaker,
): Promise<Answer> {
  const { connection } = who;
  let named: { ref?: string } = {};
  try {
    const said = parse(text);
    const known = z.looseObject({ ref: z.string().max(255) }).safeParse(said);
    if (known.success) named = { ref: known.data.ref };
    if (drain.active) throw new RiggerError('shutting_down');
    const { success, data, error } = frame.safeParse(said);
    if (!success) throw fromIssues(error.issues);
    await admit(access, who, data.type);
    const act = <T>(work: () => T): T =>
      who.actor === null ? work() : actAs({ ...who.actor, ...ACTIONS[data.type] }, work);
    if (data.type === 'interrupt')
      return { type: 'ack', ...named, ...(await act(() => interruptSession(engine, id, data.agent))) };
    if (data.type === 'answer') {
      const { type: _type, ref: _ref, permissionId, ...body } = data;
      const answer = permissionAnswer.safeParse(body);
      if (!answer.success) throw fromIssues(answer.error.issues);
      const permission = await act(() => answerPermission(engine, id, permissionId, answer.data, 'websocket'));
      return { type: 'ack', ...named, permission: viewPermission(permission) };
    }
    // The same body as over HTTP: a key sent again over the other one means the same message.
    const body = messageRequest.parse({ prompt: data.prompt, agent: data.agent });
    const once = data.idempotencyKey === undefined ? undefined : { key: data.idempotencyKey, body };
    const { turnId, replayed } = await act(() => queueMessage(engine, id, body, once));
    return { type: 'ack', ...named, turnId, replayed };
  } catch (error) {
    const problem = toRiggerError(error);
    if (problem.code === 'internal')
      engine.log.error({ err: problem.cause, reqId: connection, session: id }, 'A frame could not be answered');
    return { ...problemOf(problem, connection), type: 'problem', ...named };
  }
}

/** @throws RiggerError `body_not_json`, `invalid_request`. */
function parse(text: string): unknown {
  let said: unknown;
  try {
    if (isDeep(text)) throw tooDeep();
    said = JSON.parse(text);
  } catch (cause) {
    if (cause instanceof RiggerError) throw cause;
    throw new RiggerError('body_not_json', { detail: 'The frame is not JSON.', cause });
  }
  refuseUnstorable([said, '']);
  // What a tool is to be given may hold null.
  return (said as { type?: unknown } | null)?.type === 'answer' ? withoutNulls(said, 1) : withoutNulls(said);
}
