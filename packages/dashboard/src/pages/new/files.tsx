import { FolderUp, Upload as UploadIcon, X } from 'lucide-react';
import { useRef, useState } from 'react';
import { bytes, plural } from '../../format/numbers.ts';
import { Button } from '../../ui/button.tsx';
import { cn } from '../../ui/cn.ts';
import { toastError } from '../../ui/toast.tsx';
import { dropped, picked, type Upload } from './dropped.ts';

const SHOWN = 8;

/** What is put into the workspace before the first message. */
export function Files({ files, onChange }: { files: Upload[]; onChange: (files: Upload[]) => void }) {
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const add = (more: Upload[]) => {
    const paths = new Set(more.map(({ path }) => path));
    onChange([...files.filter(({ path }) => !paths.has(path)), ...more]);
  };
  const size = files.reduce((sum, { file }) => sum + file.size, 0);
  return (
    <section
      aria-label="Files"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        dropped(event.dataTransfer).then(add, toastError);
      }}
      className={cn('rounded-lg border border-dashed p-3', over && 'border-accent bg-accent-soft')}
    >
      <div className="flex flex-wrap items-center gap-2">
        <p className="mr-auto text-ink-2 text-sm">
          {files.length === 0
            ? 'Drop files or folders here: they are in the workspace before the first message.'
            : `${plural(files.length, 'file')}, ${bytes(size)}`}
        </p>
        <Button size="sm" onClick={() => input.current?.click()}>
          <UploadIcon /> Files
        </Button>
        <Button size="sm" onClick={() => folder.current?.click()}>
          <FolderUp /> Folder
        </Button>
      </div>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label="Files for the workspace"
        onChange={(event) => {
          add(picked(event.target.files));
          event.target.value = '';
        }}
      />
      <input
        ref={(element) => {
          folder.current = element;
          element?.setAttribute('webkitdirectory', '');
        }}
        type="file"
        hidden
        aria-label="A folder for the workspace"
        onChange={(event) => {
          add(picked(event.target.files));
          event.target.value = '';
        }}
      />
      {files.length > 0 && (
        <ul className="mt-2">
          {files.slice(0, SHOWN).map(({ path, file }) => (
            <li key={path} className="flex h-7 items-center gap-3 text-sm">
              <span className="min-w-0 flex-1 truncate font-mono text-xs">{path}</span>
              <span className="tnum text-ink-3 text-xs">{bytes(file.size)}</span>
              <Button
                look="ghost"
                size="iconSm"
                aria-label={`Not ${path}`}
                onClick={() => onChange(files.filter((one) => one.path !== path))}
              >
                <X />
              </Button>
            </li>
          ))}
          {files.length > SHOWN && (
            <li className="flex h-7 items-center justify-between text-ink-3 text-xs">
              and {files.length - SHOWN} more
              <button type="button" onClick={() => onChange([])} className="hover:text-ink hover:underline">
                None of them
              </button>
            </li>
          )}
        </ul>
      )}
    </section>
  );
}
