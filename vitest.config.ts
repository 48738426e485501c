import { defineConfig } from 'vitest/config';

// Packages resolve to their sources, so that tests need no build.
const source = {
  resolve: { conditions: ['@playgate/source'] },
  ssr: { resolve: { conditions: ['@playgate/source'] } },
};

export default defineConfig({
  ...source,
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'packages/*/test/**/*.test.ts',
      'examples/*/test/**/*.test.ts',
      'load-tests/src/**/*.test.ts',
      'scripts/**/*.test.ts',
    ],
    // Most of a test's time is waiting, for a process or a clock.
    maxWorkers: '100%',
    // Tests wait for facts; this ends those that hang, on a machine however busy. What takes longer says so itself.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 30_000 } },
    server: { deps: { inline: [/@playgate\//] } },
  },
});
