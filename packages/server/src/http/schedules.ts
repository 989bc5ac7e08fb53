import { z } from 'zod';
import {
  scheduleCreateRequest,
  scheduleRunQuery,
  scheduleRunView,
  scheduleUpdateRequest,
  scheduleView,
} from '../model/schedules.ts';
import {
  changeSchedule,
  createSchedule,
  pauseSchedule,
  removeSchedule,
  resumeSchedule,
  runSchedule,
  runsOf,
  schedule,
  schedules,
} from '../schedules/schedules.ts';
import { viewRun, viewSchedule } from '../schedules/views.ts';
import { callerOf } from './access.ts';
import type { App, Parts } from './parts.ts';
import { problems } from './schemas.ts';

const tags = ['schedules'];
const params = z.object({ id: z.string().min(1).max(255).describe('The schedule’s id.') });

export function addScheduleRoutes(app: App, parts: Parts): void {
  const { engine } = parts;
  app.post(
    '/api/schedules',
    {
      schema: {
        tags,
        summary: 'Make a schedule: a message to a session, or to a new one each time, by the clock',
        body: scheduleCreateRequest,
        response: { 201: scheduleView, ...problems(400, 404, 409, 413, 415, 503) },
      },
    },
    async (request, reply) => {
      const made = await createSchedule(engine, callerOf(request).tenant, request.body);
      parts.wakeScheduler();
      return reply.code(201).send(viewSchedule(made));
    },
  );

  app.get(
    '/api/schedules',
    {
      schema: {
        tags,
        summary: 'List schedules, the oldest first',
        response: { 200: z.object({ schedules: z.array(scheduleView) }), ...problems(503) },
      },
    },
    async (request) => ({ schedules: (await schedules(engine, callerOf(request).tenant)).map(viewSchedule) }),
  );

  app.get(
    '/api/schedules/:id',
    { schema: { tags, summary: 'Get a schedule', params, response: { 200: scheduleView, ...problems(404, 503) } } },
    async (request) => viewSchedule(await schedule(engine, callerOf(request).tenant, request.params.id)),
  );

  app.patch(
    '/api/schedules/:id',
    {
      schema: {
        tags,
        summary: 'Change a schedule; a new time counts from now on',
        params,
        body: scheduleUpdateRequest,
        response: { 200: scheduleView, ...problems(400, 404, 409, 413, 415, 503) },
      },
    },
    async (request) => {
      const changed = await changeSchedule(engine, callerOf(request).tenant, request.params.id, request.body);
      parts.wakeScheduler();
      return viewSchedule(changed);
    },
  );

  app.delete(
    '/api/schedules/:id',
    {
      schema: {
        tags,
        summary: 'Delete a schedule with its history; what it has started goes on',
        params,
        response: { 200: z.object({ success: z.literal(true), id: z.string() }), ...problems(404, 503) },
      },
    },
    async (request) => {
      await removeSchedule(engine, callerOf(request).tenant, request.params.id);
      return { success: true as const, id: request.params.id };
    },
  );

  app.post(
    '/api/schedules/:id/pause',
    { schema: { tags, summary: 'Pause a schedule', params, response: { 200: scheduleView, ...problems(404, 503) } } },
    async (request) => viewSchedule(await pauseSchedule(engine, callerOf(request).tenant, request.params.id)),
  );

  app.post(
    '/api/schedules/:id/resume',
    {
      schema: {
        tags,
        summary: 'Resume a schedule that is paused or disabled, with the next time from now',
        params,
        response: { 200: scheduleView, ...problems(400, 404, 409, 503) },
      },
    },
    async (request) => {
      const resumed = await resumeSchedule(engine, callerOf(request).tenant, request.params.id);
      parts.wakeScheduler();
      return viewSchedule(resumed);
    },
  );

  app.post(
    '/api/schedules/:id/run',
    {
      schema: {
        tags,
        summary: 'Run a schedule now, also while it is paused; after the runs that are under way',
        params,
        response: { 202: scheduleRunView, ...problems(404, 409, 503) },
      },
    },
    async (request, reply) => {
      const run = await runSchedule(engine, callerOf(request).tenant, request.params.id);
      parts.wakeScheduler();
      return reply.code(202).send(viewRun(run));
    },
  );

  app.get(
    '/api/schedules/:id/runs',
    {
      schema: {
        tags,
        summary: 'List what came of a schedule’s times, the newest first',
        params,
        querystring: scheduleRunQuery,
        response: {
          200: z.object({ runs: z.array(scheduleRunView), nextCursor: z.string().nullable() }),
          ...problems(400, 404, 503),
        },
      },
    },
    async (request) => {
      const { runs, nextCursor } = await runsOf(engine, callerOf(request).tenant, request.params.id, request.query);
      return { runs: runs.map(viewRun), nextCursor };
    },
  );
}
