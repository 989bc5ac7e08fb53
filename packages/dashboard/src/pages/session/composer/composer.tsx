import { ArrowUp, ListPlus, Paperclip } from 'lucide-react';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { rigger } from '../../../api/client.ts';
import type { Session } from '../../../api/types.ts';
import { useCommands } from '../../../app/commands.ts';
import { isLive } from '../../../format/status.ts';
import type { QueuedMessage } from '../../../transcript/rows.ts';
import { Button } from '../../../ui/button.tsx';
import { cn } from '../../../ui/cn.ts';
import { Keys } from '../../../ui/keys.tsx';
import { toastError } from '../../../ui/toast.tsx';
import { Tooltip } from '../../../ui/tooltip.tsx';
import { Attachments } from './attachment-list.tsx';
import { type Attachment, attach, promptWith, switched } from './attachments.ts';
import { Ended, Paused } from './ended.tsx';
import { Queued } from './queued.tsx';

const draftKey = (id: string): string => `rigger.draft.${id}`;

/** Where messages are written. What was typed stays when the page goes; what cannot be sent now says why. */
export function Composer({
  session,
  agents,
  agent,
  queued,
}: {
  session: Session;
  /** Those that can be spoken to; one where there is no choice. */
  agents: string[];
  /** The one whose conversation is shown. */
  agent: string | undefined;
  queued: QueuedMessage[];
}) {
  const { id } = session;
  const [text, setText] = useState(() => localStorage.getItem(draftKey(id)) ?? '');
  const [files, setFiles] = useState<Attachment[]>([]);
  const [chosen, setChosen] = useState<string | null>(null);
  const [sending, setSending] = useState(false);
  const [over, setOver] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const to = chosen ?? agent ?? agents[0];
  const live = isLive(session);
  const busy = session.status === 'active';

  useEffect(() => {
    if (text === '') localStorage.removeItem(draftKey(id));
    else localStorage.setItem(draftKey(id), text);
  }, [id, text]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text
  useLayoutEffect(() => {
    const element = area.current;
    if (element === null) return;
    element.style.height = 'auto';
    element.style.height = `${element.scrollHeight}px`;
  }, [text]);
  useCommands(
    live
      ? [
          {
            id: 'compose',
            title: 'Write a message',
            group: 'This session',
            keys: 'c',
            run: () => area.current?.focus(),
          },
          {
            id: 'send',
            title: 'Send the message',
            group: 'This session',
            keys: 'mod+enter',
            quiet: true,
            whileTyping: true,
            run: () => void send(),
          },
          {
            id: 'attach',
            title: 'Attach files',
            group: 'This session',
            icon: Paperclip,
            run: () => picker.current?.click(),
          },
        ]
      : [],
  );
  const add = (list: FileList | null) => {
    if (list !== null && list.length > 0) setFiles((before) => [...before, ...[...list].map(attach)]);
  };
  const ready = (text.trim() !== '' || files.length > 0) && !sending;
  const send = async () => {
    if (!ready) return;
    setSending(true);
    try {
      const prompt = await promptWith(id, text.trim(), files);
      await rigger.sessions.queue(id, { prompt, ...(agents.length > 1 && to !== undefined ? { agent: to } : {}) });
      setText('');
      setFiles([]);
    } catch (error) {
      toastError(error);
    } finally {
      setSending(false);
      area.current?.focus();
    }
  };

  if (!live) return <Ended session={session} />;
  return (
    <div className="shrink-0 px-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] md:px-6">
      <div className="mx-auto max-w-3xl">
        {session.paused && <Paused session={session} />}
        <Queued messages={queued} />
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void send();
          }}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={(event) => {
            event.preventDefault();
            setOver(false);
            add(event.dataTransfer.files);
          }}
          className={cn(
            'rounded-xl border border-line-strong bg-surface transition-colors duration-100 focus-within:border-accent dark:bg-raised',
            over && 'border-accent bg-accent-soft',
          )}
        >
          <Attachments
            files={files}
            onRemove={(one) => setFiles(files.filter((file) => file.id !== one.id))}
            onSwitch={(one) => setFiles(files.map((file) => (file.id === one.id ? switched(file) : file)))}
          />
          <textarea
            ref={area}
            value={text}
            rows={1}
            aria-label="Message"
            placeholder={busy ? 'Write the next message' : 'Write a message'}
            onChange={(event) => setText(event.target.value)}
            onPaste={(event) => add(event.clipboardData.files)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) {
                event.preventDefault();
                void send();
              }
              if (event.key === 'Escape') area.current?.blur();
            }}
            className="block max-h-[40dvh] w-full resize-none bg-transparent px-4 pt-3 pb-1 text-base outline-none max-sm:text-lg"
          />
          <div className="flex items-center gap-1.5 px-2 pb-2">
            <Tooltip label="Attach files; or drop or paste them" side="top">
              <Button look="ghost" size="icon" aria-label="Attach files" onClick={() => picker.current?.click()}>
                <Paperclip />
              </Button>
            </Tooltip>
            <input
              ref={picker}
              type="file"
              multiple
              hidden
              aria-label="Files to attach"
              onChange={(event) => {
                add(event.target.files);
                event.target.value = '';
              }}
            />
            {agents.length > 1 && (
              <select
                aria-label="Agent"
                value={to}
                onChange={(event) => setChosen(event.target.value)}
                className="h-8 max-w-44 rounded-md bg-transparent px-1.5 text-ink-2 text-sm hover:bg-hover"
              >
                {agents.map((name) => (
                  <option key={name}>{name}</option>
                ))}
              </select>
            )}
            <span className="ml-auto" />
            <span className="text-2xs text-ink-3 max-sm:hidden">
              <Keys keys="mod+enter" />
            </span>
            <Button type="submit" look="primary" disabled={!ready} className="max-sm:h-9">
              {busy ? <ListPlus /> : <ArrowUp />}
              {busy ? 'Queue' : 'Send'}
            </Button>
          </div>
        </form>
      </div>
    </div>
  );
}
