import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Download, FolderOpen, Upload } from 'lucide-react';
import { useRef, useState } from 'react';
import { archiveUrl, rigger } from '../../../../api/client.ts';
import { keys } from '../../../../api/keys.ts';
import { filesQuery } from '../../../../api/queries.ts';
import type { Session } from '../../../../api/types.ts';
import { plural } from '../../../../format/numbers.ts';
import { Button } from '../../../../ui/button.tsx';
import { cn } from '../../../../ui/cn.ts';
import { Empty, Failed, Skeleton } from '../../../../ui/states.tsx';
import { toast, toastError } from '../../../../ui/toast.tsx';
import { Tooltip } from '../../../../ui/tooltip.tsx';
import type { SessionSearch } from '../../search.ts';
import { FileViewer } from './file-viewer.tsx';
import { Folder } from './folder.tsx';

/** The workspace: looked at, taken out of, put into. */
export function FilesTab({ session, open }: { session: Session; open?: string }) {
  const { id } = session;
  const client = useQueryClient();
  const navigate = useNavigate();
  const picker = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [busy, setBusy] = useState(false);
  const { data, error, refetch } = useQuery(filesQuery(id, ''));
  const show = (file: string | undefined) =>
    void navigate({ to: '.', search: (before: SessionSearch) => ({ ...before, file }) as SessionSearch });
  const upload = async (files: FileList | null) => {
    if (files === null || files.length === 0) return;
    setBusy(true);
    try {
      for (const file of files) await rigger.files.write(id, file.name, file);
      toast({ title: `${plural(files.length, 'file')} added` });
    } catch (problem) {
      toastError(problem);
    } finally {
      setBusy(false);
      void client.invalidateQueries({ queryKey: keys.allFiles(id) });
    }
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is beside the button that does the same
    <div
      className={cn('flex h-full min-h-0 flex-col', over && 'bg-accent-soft')}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void upload(event.dataTransfer.files);
      }}
    >
      <div className="flex shrink-0 items-center gap-1 border-b p-2">
        <Button size="sm" disabled={busy} onClick={() => picker.current?.click()}>
          <Upload /> {busy ? 'Adding…' : 'Upload'}
        </Button>
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          aria-label="Files to upload"
          onChange={(event) => {
            void upload(event.target.files);
          }}
        />
        <span className="min-w-0 flex-1 truncate px-1 text-2xs text-ink-3">or drop files here</span>
        {(data?.entries.length ?? 0) > 0 && (
          <Tooltip label="All of it as an archive">
            <Button asChild size="sm">
              <a href={archiveUrl(id)} download aria-label="Download the workspace">
                <Download /> Download
              </a>
            </Button>
          </Tooltip>
        )}
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto py-1">
        {error !== null && data === undefined && <Failed error={error} onRetry={() => void refetch()} />}
        {data === undefined && error === null && [0, 1, 2].map((n) => <Skeleton key={n} className="mx-4 my-3" />)}
        {data?.entries.length === 0 && (
          <Empty
            icon={FolderOpen}
            title="The workspace is empty"
            curl={`curl -s -X PUT ${location.origin}/api/sessions/${id}/files/notes.txt \\\n  --data-binary @notes.txt`}
          >
            What the agents write appears here.
          </Empty>
        )}
        {data !== undefined && data.entries.length > 0 && (
          <Folder id={id} path="" depth={0} onOpen={show} {...(open === undefined ? {} : { open })} />
        )}
      </div>
      {open !== undefined && <FileViewer id={id} path={open} onClose={() => show(undefined)} />}
    </div>
  );
}
