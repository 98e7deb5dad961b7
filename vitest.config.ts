import { defineConfig } from 'vitest/config';

/** Packages as Node itself resolves them: with Vite's own conditions `graphql` would be there twice. */
const resolve = { conditions: ['node', 'module-sync'], externalConditions: ['node'] };

export default defineConfig({
  ssr: { resolve },
  test: {
    include: ['test/**/*.test.ts', 'sdk/test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    maxWorkers: 3,
  },
});
