import { useQuery } from '@tanstack/react-query';
import { Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import { Menu as MenuIcon, Monitor, Moon, Sun } from 'lucide-react';
import { useEffect, useState } from 'react';
import { hasCode } from '../api/client.ts';
import { whoamiQuery } from '../api/queries.ts';
import { navigation } from '../pages/navigation.ts';
import { Button } from '../ui/button.tsx';
import { Sheet } from '../ui/dialog.tsx';
import { Toasts } from '../ui/toast.tsx';
import { TooltipProvider } from '../ui/tooltip.tsx';
import { useCommands } from './commands.ts';
import { KeyMap } from './key-map.tsx';
import { Logo } from './logo.tsx';
import { Palette } from './palette.tsx';
import { Sidebar } from './sidebar.tsx';
import { SignIn } from './sign-in.tsx';
import { setTheme } from './theme.ts';
import { useWaiting } from './waiting.ts';

const NARROW_KEY = 'rigger.sidebar';

/** Where a key is asked for, that first; else the pages. */
export function Layout() {
  const { error } = useQuery(whoamiQuery);
  return hasCode(error, 'unauthorized') ? <SignIn /> : <Whole />;
}

function Whole() {
  const [open, setOpen] = useState(false);
  const [hidden, setHidden] = useState(() => localStorage.getItem(NARROW_KEY) === 'hidden');
  const navigate = useNavigate();
  const path = useRouterState({ select: (state) => state.location.pathname });
  // biome-ignore lint/correctness/useExhaustiveDependencies: going elsewhere closes the menu
  useEffect(() => setOpen(false), [path]);
  const toggle = () => {
    localStorage.setItem(NARROW_KEY, hidden ? '' : 'hidden');
    setHidden(!hidden);
  };
  useCommands([
    ...navigation.map(({ to, title, icon, keys, words = [] }) => ({
      id: `go ${to}`,
      title,
      group: 'Go to',
      icon,
      words: ['go', ...words],
      run: () => void navigate({ to }),
      ...(keys === undefined ? {} : { keys }),
    })),
    { id: 'sidebar', title: 'Show or hide the sidebar', group: 'View', keys: '[', run: toggle, icon: MenuIcon },
    { id: 'theme dark', title: 'Dark theme', group: 'View', icon: Moon, run: () => setTheme('dark') },
    { id: 'theme light', title: 'Light theme', group: 'View', icon: Sun, run: () => setTheme('light') },
    { id: 'theme system', title: 'Theme of the system', group: 'View', icon: Monitor, run: () => setTheme('system') },
  ]);
  const { count } = useWaiting();
  return (
    <TooltipProvider delayDuration={350} skipDelayDuration={200}>
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-60 focus:rounded-md focus:bg-raised focus:px-3 focus:py-2"
      >
        Skip to the content
      </a>
      <div className="flex h-dvh flex-col md:flex-row">
        {!hidden && (
          <div className="hidden w-60 shrink-0 border-r bg-ground md:block">
            <Sidebar />
          </div>
        )}
        <header className="flex h-12 shrink-0 items-center gap-2 border-b px-2 md:hidden">
          <Button look="ghost" size="icon" aria-label="Menu" onClick={() => setOpen(true)} className="relative">
            <MenuIcon />
            {count > 0 && <span className="absolute top-1 right-1 size-2 rounded-full bg-warn" />}
          </Button>
          <Logo />
        </header>
        <Sheet open={open} onOpenChange={setOpen} title="Menu" side="left" className="w-72">
          <Sidebar />
        </Sheet>
        <main id="main" tabIndex={-1} className="flex min-h-0 min-w-0 flex-1 flex-col bg-surface outline-none">
          <Outlet />
        </main>
      </div>
      <Palette />
      <KeyMap />
      <Toasts />
    </TooltipProvider>
  );
}
