import { defineConfig } from 'vitest/config';
import { SecondTries } from './test/support/second-tries.ts';

/** Packages as Node itself resolves them: with Vite's own conditions `graphql` would be there twice. */
const resolve = { conditions: ['node', 'module-sync'], externalConditions: ['node'] };

export default defineConfig({
  ssr: { resolve },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/properties.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // The machine may be busy; what is slow to come is still to come.
    expect: { poll: { timeout: 15_000 } },
    maxWorkers: 2,
    retry: process.env.CI === 'true' ? 1 : 0,
    reporters: ['default', new SecondTries()],
  },
});
