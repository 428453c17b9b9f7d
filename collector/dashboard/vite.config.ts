import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const tests = here('../../tests/dashboard');

// The tests live in the repository's tests/ folder, which has no packages of its own: they borrow this folder's.
const alias = {
  '@dashboard': here('src'),
  'playwright-core': here('node_modules/playwright-core/index.mjs'),
  vitest: here('node_modules/vitest/dist/index.js'),
};

export default defineConfig({
  // Relative addresses let a reverse proxy serve the page under any path.
  base: './',
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    // The collector's policy allows 'self' only: nothing may be inlined as a data: address.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/api': { target: process.env.EDGEDCIM_COLLECTOR ?? 'http://127.0.0.1:8080', changeOrigin: true } },
  },
  test: {
    projects: [
      {
        resolve: { alias },
        server: { fs: { allow: [here('../..')] } },
        test: { name: 'unit', environment: 'node', include: [`${tests}/unit/**/*.test.ts`] },
      },
      {
        resolve: { alias },
        server: { fs: { allow: [here('../..')] } },
        test: {
          name: 'browser',
          environment: 'node',
          include: [`${tests}/browser/**/*.test.ts`],
          globalSetup: [`${tests}/browser/build.ts`],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
