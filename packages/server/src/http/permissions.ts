import { z } from 'zod';
import { permissionAnswer, permissionList, permissionListQuery, permissionView } from '../model/permissions.ts';
import { answerPermission, permission, permissions } from '../sessions/answering.ts';
import { viewPermission } from '../sessions/views.ts';
import { callerOf } from './access.ts';
import type { App, Parts } from './parts.ts';
import { problems, sessionParams } from './schemas.ts';

const tags = ['permissions'];
const params = sessionParams.extend({ permissionId: z.string().min(1).max(255).describe('The request’s id.') });

export function addPermissionRoutes(app: App, { engine }: Parts): void {
  app.get(
    '/api/permissions',
    {
      schema: {
        tags,
        summary: 'List requests for permission over all sessions, the oldest first',
        querystring: permissionListQuery,
        response: { 200: permissionList, ...problems(400, 503) },
      },
    },
    async (request) => ({
      permissions: (await permissions(engine, { tenant: callerOf(request).tenant }, request.query)).map(viewPermission),
    }),
  );

  app.get(
    '/api/sessions/:id/permissions',
    {
      schema: {
        tags,
        summary: 'List a session’s requests for permission, the oldest first; by default those that wait',
        params: sessionParams,
        querystring: permissionListQuery,
        response: { 200: permissionList, ...problems(400, 404, 503) },
      },
    },
    async (request) => ({
      permissions: (await permissions(engine, { session: request.params.id }, request.query)).map(viewPermission),
    }),
  );

  app.get(
    '/api/sessions/:id/permissions/:permissionId',
    {
      schema: {
        tags,
        summary: 'Get a request for permission',
        params,
        response: { 200: permissionView, ...problems(404, 503) },
      },
    },
    async (request) => viewPermission(await permission(engine, request.params.id, request.params.permissionId)),
  );

  app.post(
    '/api/sessions/:id/permissions/:permissionId',
    {
      // What a tool is given may hold null.
      config: { nullDepth: 1 },
      schema: {
        tags,
        summary: 'Answer a request for permission: allow, deny, or answer a question; the first answer counts',
        params,
        body: permissionAnswer,
        response: { 200: permissionView, ...problems(400, 404, 409, 413, 415, 503) },
      },
    },
    async (request) => {
      const { id, permissionId } = request.params;
      return viewPermission(await answerPermission(engine, id, permissionId, request.body, 'api'));
    },
  );
}
