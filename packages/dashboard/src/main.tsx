import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createRouter, RouterProvider } from '@tanstack/react-router';
import { createRoot } from 'react-dom/client';
import { hasCode, isFinal } from './api/client.ts';
import { keys } from './api/keys.ts';
import './app/styles.css';
import { listenForKeys } from './app/commands.ts';
import { watchTheme } from './app/theme.ts';
import { routeTree } from './pages/index.ts';

const queryClient = new QueryClient({
  // A key may end while the page is open: then it is asked for again.
  queryCache: new QueryCache({
    onError: (error, query) => {
      if (hasCode(error, 'unauthorized') && query.queryKey[0] !== keys.whoami[0])
        void queryClient.invalidateQueries({ queryKey: keys.whoami });
    },
  }),
  defaultOptions: {
    queries: {
      retry: (failures, error) => failures < 1 && !isFinal(error),
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
});
const router = createRouter({
  routeTree,
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
});
declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

// Styles that libraries add for themselves carry the nonce that the page's policy allows.
const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce;
if (nonce !== undefined) (globalThis as Record<string, unknown>).__webpack_nonce__ = nonce;

watchTheme();
listenForKeys();
createRoot(document.getElementById('root')!).render(
  <QueryClientProvider client={queryClient}>
    <RouterProvider router={router} />
  </QueryClientProvider>,
);
