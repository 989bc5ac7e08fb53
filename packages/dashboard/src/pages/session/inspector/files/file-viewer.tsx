import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Download, FileQuestion, Trash2, X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { useEffect, useState } from 'react';
import { fileUrl, rigger } from '../../../../api/client.ts';
import { keys } from '../../../../api/keys.ts';
import { Code } from '../../../../code/code.tsx';
import { languageOfPath } from '../../../../code/languages.ts';
import { bytes } from '../../../../format/numbers.ts';
import { Button } from '../../../../ui/button.tsx';
import { Confirm } from '../../../../ui/confirm.tsx';
import { CopyButton } from '../../../../ui/copy.tsx';
import { Empty, Failed, Skeleton } from '../../../../ui/states.tsx';
import { toast } from '../../../../ui/toast.tsx';
import { type Content, readContent } from './content.ts';

/** A file of the workspace: text as text, HTML too, a picture as a picture, and anything else to be taken along. */
export function FileViewer({ id, path, onClose }: { id: string; path: string; onClose: () => void }) {
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const { data, error, refetch } = useQuery({
    queryKey: keys.file(id, path),
    queryFn: ({ signal }) => readContent(id, path, signal),
    staleTime: 2_000,
  });
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-in bg-black/30 dark:bg-black/55" />
        <Dialog.Content
          aria-describedby={undefined}
          // The file is what is looked at, and not the first of its buttons.
          onOpenAutoFocus={(event) => {
            event.preventDefault();
            (event.currentTarget as HTMLElement).focus();
          }}
          className="fixed inset-2 z-50 outline-none mx-auto flex max-w-5xl animate-in flex-col overflow-hidden rounded-xl border bg-surface shadow-pop sm:inset-8"
        >
          <div className="flex h-12 shrink-0 items-center gap-1 border-b pr-2 pl-4">
            <Dialog.Title className="min-w-0 flex-1 truncate font-mono text-sm">{path}</Dialog.Title>
            {data !== undefined && <span className="px-2 text-ink-3 text-xs">{bytes(data.size)}</span>}
            {data?.kind === 'text' && <CopyButton text={data.text} label="Copy all of it" />}
            <Button asChild look="ghost" size="iconSm">
              <a href={fileUrl(id, path)} download={path.split('/').at(-1)} aria-label="Download">
                <Download />
              </a>
            </Button>
            <Button look="ghost" size="iconSm" aria-label="Delete the file" onClick={() => setAsking(true)}>
              <Trash2 />
            </Button>
            <Dialog.Close asChild>
              <Button look="ghost" size="iconSm" aria-label="Close">
                <X />
              </Button>
            </Dialog.Close>
          </div>
          <div className="min-h-0 flex-1 overflow-auto">
            {error !== null && data === undefined ? (
              <Failed error={error} onRetry={() => void refetch()} />
            ) : data === undefined ? (
              <div className="space-y-2 p-4">
                {[80, 60, 70].map((width) => (
                  <Skeleton key={width} className="w-1/2" />
                ))}
              </div>
            ) : (
              <Shown content={data} path={path} />
            )}
          </div>
          <Confirm
            open={asking}
            onOpenChange={setAsking}
            title={`Delete ${path.split('/').at(-1)}?`}
            description="It is removed from the workspace. A snapshot that has it still does."
            action="Delete"
            onConfirm={async () => {
              await rigger.files.delete(id, path);
              toast({ title: 'Deleted', detail: path });
              void client.invalidateQueries({ queryKey: keys.allFiles(id) });
              onClose();
            }}
          />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Shown({ content, path }: { content: Content; path: string }) {
  if (content.kind === 'picture') return <Picture blob={content.blob} name={path} />;
  if (content.kind === 'binary')
    return (
      <Empty icon={FileQuestion} title="This is no text">
        Download it to look at it with a program that knows it.
      </Empty>
    );
  return (
    <>
      {content.cut && (
        <p className="border-b bg-warn-soft px-4 py-1.5 text-warn text-xs">
          Only the first {bytes(content.text.length)} are shown; the download has all of it.
        </p>
      )}
      {content.text === '' ? (
        <p className="p-4 text-ink-3 text-sm">The file is empty.</p>
      ) : (
        <Code code={content.text} language={languageOfPath(path)} firstLine={1} />
      )}
    </>
  );
}

function Picture({ blob, name }: { blob: Blob; name: string }) {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    const made = URL.createObjectURL(blob);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  return url === null ? null : (
    <div className="flex min-h-full items-center justify-center bg-inset p-4">
      <img src={url} alt={name} className="max-h-full max-w-full" />
    </div>
  );
}
