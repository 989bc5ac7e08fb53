import { join } from 'node:path';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { docs } from './build/docs/plugin.ts';
import { precompress } from './build/precompress.ts';

// A shell that develops something else must not make a development build of the page.
if (process.argv.includes('build')) process.env.NODE_ENV = 'production';

/** Where `npm run dev` finds a server: any that runs. */
const server = process.env.RIGGER_URL ?? 'http://127.0.0.1:3333';
const toServer = { target: server, changeOrigin: true, headers: { origin: server } };

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), tailwindcss(), docs(join(import.meta.dirname, '../..')), precompress()],
  // The server puts a fresh one in its place with each answer; styles that libraries add carry it.
  html: { cspNonce: '__CSP_NONCE__' },
  build: {
    outDir: `${import.meta.dirname}/dist`,
    emptyOutDir: true,
    target: 'es2022',
    manifest: true,
    // Nothing is inlined as data: the policy of the page is to load its own files only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1_000,
    reportCompressedSize: false,
  },
  server: {
    proxy: Object.fromEntries(
      ['/api', '/docs', '/healthz', '/readyz', '/openapi.json'].map((path) => [path, toServer]),
    ),
  },
});
