import { Link } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { Logo } from '../../app/logo.tsx';
import { PATTERNS } from '../../format/patterns.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { Keys } from '../../ui/keys.tsx';
import { Pre } from '../../ui/pre.tsx';

const curl = (origin: string) => `ID=$(curl -s ${origin}/api/sessions -H 'Content-Type: application/json' -d '{
  "pattern": "hybrid",
  "config": { "allowedTools": ["Read", "Write", "Bash"] } }' | sed -E 's/.*"id":"(sess_[0-9a-f]+)".*/\\1/')

curl -s ${origin}/api/sessions/$ID/message -H 'Content-Type: application/json' \\
  -d '{ "prompt": "Hello, who are you?" }'`;

/** A fresh install: what this is, what there is to choose from, one thing to do, and the request that does the same. */
export function Welcome() {
  const command = curl(location.origin);
  return (
    <div className="mx-auto max-w-3xl py-8 md:py-14">
      <div className="mb-4">
        <Logo />
      </div>
      <p className="max-w-xl text-balance text-lg">
        Rigger hosts Claude agents on your own machine: each session is an agent in a sandbox with a workspace, a memory
        and limits of time, money and turns.
      </p>
      <div className="mt-6 flex flex-wrap items-center gap-3">
        <Button look="primary" asChild>
          <Link to="/new">
            <Plus /> Create the first session <Keys keys="c" on="accent" className="max-sm:hidden" />
          </Link>
        </Button>
        <span className="text-ink-3 text-sm">or by one of four patterns:</span>
      </div>
      <ul className="mt-6 grid gap-3 sm:grid-cols-2">
        {PATTERNS.map(({ pattern, icon: Icon, name, when, examples }) => (
          <li key={pattern}>
            <Link
              to="/new"
              search={{ preset: pattern }}
              className="flex h-full gap-3 rounded-lg border p-4 transition-colors duration-100 hover:border-line-strong hover:bg-hover"
            >
              <Icon className="mt-0.5 size-4 shrink-0 text-accent" aria-hidden />
              <span>
                <span className="block font-medium text-sm">{name}</span>
                <span className="mt-0.5 block text-ink-2 text-sm">{when}</span>
                <span className="mt-1 block text-ink-3 text-xs">Such as {examples}.</span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
      <h2 className="mt-8 mb-2 text-ink-2 text-sm">The same from a shell</h2>
      <div className="relative rounded-lg border bg-inset">
        <Pre className="p-3 pr-10 text-2xs leading-5">{command}</Pre>
        <CopyButton text={command} label="Copy the commands" className="absolute top-1.5 right-1.5 bg-inset" />
      </div>
    </div>
  );
}
