import { useMutation, useQueryClient } from '@tanstack/react-query';
import { hasCode, rigger } from '../api/client.ts';
import { keys } from '../api/keys.ts';
import type { PermissionAnswer } from '../api/types.ts';
import { toast, toastError } from '../ui/toast.tsx';

/** Answers a request for permission. The first answer counts; whoever comes second is told. */
export function useAnswer(sessionId: string, id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (answer: PermissionAnswer) => rigger.permissions.answer(sessionId, id, answer),
    onError: (error) =>
      hasCode(error, 'permission_already_answered')
        ? toast({ title: 'Somebody has answered this already' })
        : toastError(error),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: keys.sessionPermissions(sessionId) });
      void client.invalidateQueries({ queryKey: keys.permissions });
    },
  });
}
