import { FileText, FolderInput, Image, X } from 'lucide-react';
import { bytes } from '../../../format/numbers.ts';
import { Button } from '../../../ui/button.tsx';
import type { Attachment } from './attachments.ts';

const ICONS = { image: Image, document: FileText, text: FileText, workspace: FolderInput };

/** What goes with the message, and how. */
export function Attachments({
  files,
  onRemove,
  onSwitch,
}: {
  files: Attachment[];
  onRemove: (one: Attachment) => void;
  onSwitch: (one: Attachment) => void;
}) {
  if (files.length === 0) return null;
  return (
    <ul className="flex flex-wrap gap-1.5 px-3 pt-3">
      {files.map((one) => {
        const Icon = ICONS[one.as];
        return (
          <li
            key={one.id}
            className="flex max-w-full items-center gap-2 rounded-md border bg-inset py-0.5 pr-0.5 pl-2 text-xs"
          >
            <Icon className="size-3.5 shrink-0 text-ink-3" aria-hidden />
            <span className="min-w-0 truncate">{one.file.name}</span>
            <span className="text-ink-3">{bytes(one.file.size)}</span>
            {one.fits ? (
              <button
                type="button"
                onClick={() => onSwitch(one)}
                title="Change how it goes"
                className="rounded px-1 text-ink-2 underline-offset-2 hover:underline"
              >
                {one.as === 'workspace' ? 'to the workspace' : 'in the message'}
              </button>
            ) : (
              <span className="text-ink-2">to the workspace</span>
            )}
            <Button
              look="ghost"
              size="iconSm"
              aria-label={`Remove ${one.file.name}`}
              onClick={() => onRemove(one)}
              className="size-6"
            >
              <X />
            </Button>
          </li>
        );
      })}
    </ul>
  );
}
