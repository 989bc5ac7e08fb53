import { getRouteApi, Link } from '@tanstack/react-router';
import { CircleAlert } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { tell } from '../../api/client.ts';
import { useCommands } from '../../app/commands.ts';
import { useTitle } from '../../app/title.ts';
import { plural } from '../../format/numbers.ts';
import { Button } from '../../ui/button.tsx';
import { Keys } from '../../ui/keys.tsx';
import { PageHeader } from '../../ui/page.tsx';
import { Section } from '../../ui/section.tsx';
import { Agent } from './agent.tsx';
import { Agents } from './agents.tsx';
import { Disclosure } from './disclosure.tsx';
import type { Draft } from './draft.ts';
import type { Upload } from './dropped.ts';
import { Files } from './files.tsx';
import { FormContext } from './form-context.ts';
import { type Field, wrongFields } from './issues.ts';
import { Limits } from './limits.tsx';
import { PatternCards } from './pattern-cards.tsx';
import { PRESETS, presetDraft } from './presets.ts';
import { Git, Labels, McpServers, Network, Secrets } from './reach.tsx';
import { RequestPanel } from './request-panel.tsx';
import { Task } from './task.tsx';
import { useCreation } from './use-creation.ts';

const route = getRouteApi('/new');

/** A session, put together; and the request that does the same, beside it. */
export function NewSessionPage() {
  useTitle('New session');
  const { preset } = route.useSearch();
  const navigate = route.useNavigate();
  const [draft, setDraft] = useState<Draft>(() => presetDraft(preset));
  const [files, setFiles] = useState<Upload[]>([]);
  const { doing, error, made, create } = useCreation();
  const { fields: wrong, rest } = useMemo(() => wrongFields(error), [error]);
  const form = useRef<HTMLFormElement>(null);
  const begin = (id: string) => {
    setDraft(presetDraft(id));
    void navigate({ search: { preset: id }, replace: true });
  };
  const change = (more: Partial<Draft>) => setDraft((before) => ({ ...before, ...more }));
  const submit = async () => {
    if (doing !== null) return;
    const session = await create(draft, files);
    if (session !== null) return navigate({ to: '/sessions/$id', params: { id: session.id } });
    // What is wrong is shown where it stands.
    requestAnimationFrame(() =>
      form.current?.querySelector('[data-wrong],[role=alert]')?.scrollIntoView({ block: 'center' }),
    );
  };
  useCommands([
    {
      id: 'create session',
      title: 'Create the session',
      group: 'New session',
      keys: 'mod+enter',
      whileTyping: true,
      run: () => void submit(),
    },
  ]);
  const isWrong = (...names: Field[]) => names.some((name) => wrong[name] !== undefined);
  const some = (values: (string | false)[]) => values.filter(Boolean).join(' · ');
  return (
    <>
      <PageHeader title="New session" />
      <FormContext value={{ draft, change, wrong }}>
        <form
          ref={form}
          noValidate
          aria-label="New session"
          onSubmit={(event) => {
            event.preventDefault();
            void submit();
          }}
          className="flex min-h-0 flex-1 flex-col"
        >
          <div className="min-h-0 flex-1 overflow-y-auto">
            <div className="mx-auto grid max-w-6xl gap-8 p-4 md:p-6 lg:grid-cols-[minmax(0,1fr)_minmax(20rem,26rem)]">
              <div className="min-w-0 space-y-8">
                <div>
                  <h2 className="mb-2 font-medium text-sm">Begin with</h2>
                  <div className="flex flex-wrap gap-1.5">
                    {PRESETS.map(({ id, name, icon: Icon }) => (
                      <Button
                        key={id}
                        size="sm"
                        aria-pressed={preset === id}
                        onClick={() => begin(id)}
                        className={preset === id ? 'border-accent bg-accent-soft' : ''}
                      >
                        <Icon className="text-ink-3" /> {name}
                      </Button>
                    ))}
                  </div>
                </div>
                <Section title="Pattern">
                  <PatternCards />
                </Section>
                <Section title="Task">
                  <Task />
                  <div className="mt-4">
                    <Files files={files} onChange={setFiles} />
                  </div>
                </Section>
                {draft.pattern === 'single-container' && (
                  <Section title="Agents">
                    <Agents />
                  </Section>
                )}
                <Section title={draft.pattern === 'single-container' ? 'What all agents have' : 'Agent'}>
                  <Agent />
                </Section>
                <Section title="Limits">
                  <Limits />
                </Section>
                <div className="border-b">
                  <Disclosure
                    title="Git repository"
                    summary={draft.git}
                    isWrong={isWrong('git', 'gitRef', 'gitSecret')}
                  >
                    <Git />
                  </Disclosure>
                  <Disclosure
                    title="Network"
                    summary={draft.network.join(', ') || 'no host'}
                    isWrong={isWrong('network')}
                  >
                    <Network />
                  </Disclosure>
                  <Disclosure title="Secrets" summary={draft.secrets.join(', ')} isWrong={isWrong('secrets')}>
                    <Secrets />
                  </Disclosure>
                  <Disclosure
                    title="MCP servers"
                    summary={draft.servers
                      .map(({ name }) => name)
                      .filter(Boolean)
                      .join(', ')}
                    isWrong={isWrong('servers')}
                  >
                    <McpServers />
                  </Disclosure>
                  <Disclosure
                    title="Labels"
                    summary={some([
                      draft.tags.length > 0 && draft.tags.join(', '),
                      draft.user !== '' && `user ${draft.user}`,
                      draft.conversation !== '' && `conversation ${draft.conversation}`,
                      draft.runnerLabels.length > 0 && `runner ${draft.runnerLabels.join(', ')}`,
                    ])}
                    isWrong={isWrong('tags', 'user', 'conversation', 'runnerLabels')}
                  >
                    <Labels />
                  </Disclosure>
                </div>
              </div>
              <aside aria-label="The same without this page" className="min-w-0 lg:sticky lg:top-6 lg:self-start">
                <h2 className="mb-2 font-medium text-sm">The same from elsewhere</h2>
                <RequestPanel files={files} />
              </aside>
            </div>
          </div>
          <div className="flex shrink-0 flex-wrap items-center gap-x-4 gap-y-2 border-t bg-surface px-4 py-2.5 md:px-6">
            {error !== null && <Problem error={error} count={Object.keys(wrong).length} rest={rest} />}
            {made !== null && error !== null && (
              <Link to="/sessions/$id" params={{ id: made.id }} className="text-sm underline">
                To the session as it is
              </Link>
            )}
            {doing !== null && (
              <p role="status" className="min-w-0 truncate text-ink-2 text-sm">
                {doing}
              </p>
            )}
            <Button look="primary" type="submit" disabled={doing !== null} className="ml-auto">
              {made === null ? (draft.prompt.trim() === '' ? 'Create' : 'Create and send') : 'Try again'}
              <Keys keys="mod+enter" on="accent" className="max-sm:hidden" />
            </Button>
          </div>
        </form>
      </FormContext>
    </>
  );
}

/** What went wrong, in one line above the button. */
function Problem({ error, count, rest }: { error: unknown; count: number; rest: boolean }) {
  const { title, detail, remedy, code, requestId } = tell(error);
  const words = rest || count === 0 ? [detail, remedy].filter((text) => text !== null).join(' ') : '';
  return (
    <p role="alert" className="flex min-w-0 items-start gap-2 text-sm">
      <CircleAlert className="mt-0.5 size-4 shrink-0 text-bad" aria-hidden />
      <span className="min-w-0">
        <span className="text-bad">{count > 0 && !rest ? `${plural(count, 'field')} to mend` : title}</span>
        {words !== '' && <span className="text-ink-2"> {words}</span>}
        {rest && code !== null && (
          <span className="ml-2 font-mono text-2xs text-ink-3">
            {code}
            {requestId !== null && ` · ${requestId}`}
          </span>
        )}
      </span>
    </p>
  );
}
