import { useState } from 'react';
import { rigger, tell } from '../api/client.ts';
import { Button } from '../ui/button.tsx';
import { Input } from '../ui/field.tsx';
import { Labelled } from '../ui/labelled.tsx';
import { Logo } from './logo.tsx';
import { useTitle } from './title.ts';

/** Shows a key to the server, which has the browser keep it where no script can read it. */
export const signIn = (key: string) => rigger.request('POST', '/api/login', { body: { key } });

/** What stands in place of every page while the server asks for a key. */
export function SignIn() {
  useTitle('Sign in');
  const [key, setKey] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const enter = async () => {
    setBusy(true);
    setError(null);
    try {
      await signIn(key.trim());
      // From the beginning: nothing that was asked for without a key is left.
      location.reload();
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  const told = error === null ? null : tell(error);
  return (
    <main id="main" className="grid min-h-dvh place-items-center bg-ground px-4">
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void enter();
        }}
        className="w-full max-w-sm space-y-4 rounded-lg border bg-surface p-6"
      >
        <Logo />
        <h1 className="sr-only">Sign in to Rigger</h1>
        <Labelled
          label="Your key"
          hint="It begins with rgr_. Whoever runs this server makes one: rigger keys create --name you"
          wrong={
            told === null
              ? undefined
              : told.unreachable
                ? told.title
                : 'This key is not known here, or is good no longer.'
          }
        >
          {(control) => (
            <Input
              {...control}
              autoFocus
              type="password"
              autoComplete="current-password"
              spellCheck={false}
              className="font-mono"
              placeholder="rgr_…"
              value={key}
              onChange={(event) => setKey(event.target.value)}
            />
          )}
        </Labelled>
        <Button look="primary" type="submit" disabled={busy || key.trim() === ''} className="w-full justify-center">
          Sign in
        </Button>
      </form>
    </main>
  );
}
