// The suite that needs no Node, in a real browser: machine, predictor, events, options and what runs on a scripted gateway.
import path from 'node:path';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { findBrowser } from './page-server.ts';

const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
];

export default defineConfig({
  root: path.dirname(import.meta.dirname),
  resolve: { conditions: ['@playgate/source', 'browser', 'module', 'import', 'default'] },
  optimizeDeps: { include: ['fast-check'] },
  test: {
    include: ['src/**/*.test.ts', 'test/machine.property.test.ts', 'test/testing-scripted.test.ts'],
    testTimeout: 30_000,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({ launchOptions: { executablePath: findBrowser(), args: FLAGS } }),
      instances: [{ browser: 'chromium' }],
    },
  },
});
