import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { rigger } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import type { Webhook } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Select } from '../../ui/field.tsx';
import { Labelled } from '../../ui/labelled.tsx';
import { Pre } from '../../ui/pre.tsx';
import { toastError } from '../../ui/toast.tsx';

const VERIFY = `import { Webhook } from 'standardwebhooks';
const event = new Webhook(process.env.RIGGER_WEBHOOK_SECRET)
  .verify(body, headers); // throws: not from here`;

/** The secret, for whoever made it: no answer has it again. */
export function SecretDialog({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const { secret = '' } = webhook;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Its secret"
      description="Keep it where the receiver is: it is shown now, and never again."
    >
      <div className="flex items-center gap-1 rounded-lg border bg-inset pr-1.5">
        <Pre className="min-w-0 flex-1 select-all p-3 text-xs">{secret}</Pre>
        <CopyButton text={secret} label="Copy the secret" />
      </div>
      <p className="mt-4 mb-2 text-ink-2 text-sm">It verifies that a post is from here, and as it was sent:</p>
      <Pre className="rounded-lg border bg-inset p-3 text-2xs leading-5">{VERIFY}</Pre>
      <div className="mt-4 flex justify-end">
        <Button look="primary" onClick={onClose}>
          I have it
        </Button>
      </div>
    </Dialog>
  );
}

const HOUR_MS = 3_600_000;
const OVERLAPS: [ms: number, words: string][] = [
  [86_400_000, 'for a day'],
  [HOUR_MS, 'for an hour'],
  [7 * 86_400_000, 'for a week'],
  [0, 'not any more, from now on'],
];

/** A new secret in place of the one that there is, which goes on for a while. */
export function RotateDialog({
  webhook,
  onClose,
  onRotated,
}: {
  webhook: Webhook;
  onClose: () => void;
  onRotated: (rotated: Webhook) => void;
}) {
  const client = useQueryClient();
  const [overlap, setOverlap] = useState(OVERLAPS[0]![0]);
  const [busy, setBusy] = useState(false);
  const rotate = async () => {
    setBusy(true);
    try {
      const rotated = await rigger.webhooks.rotate(webhook.id, overlap);
      onClose();
      onRotated(rotated);
      await client.invalidateQueries({ queryKey: keys.webhooks });
    } catch (error) {
      toastError(error);
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Make a new secret?"
      description="For a time every post is signed with both, so that the receiver can be given the new one without a gap."
      className="max-w-md"
    >
      <Labelled label="The former one signs as well">
        {(control) => (
          <Select {...control} value={overlap} onChange={(event) => setOverlap(Number(event.target.value))}>
            {OVERLAPS.map(([ms, words]) => (
              <option key={ms} value={ms}>
                {words}
              </option>
            ))}
          </Select>
        )}
      </Labelled>
      <div className="mt-4 flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button look="primary" disabled={busy} onClick={rotate}>
          Make it
        </Button>
      </div>
    </Dialog>
  );
}
