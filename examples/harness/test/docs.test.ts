// What a reader of the docs would copy: it compiles against the packed SDK, and what can run runs against a local gateway.
import { describe, expect, test } from 'vitest';
import { StagedDoc } from './snippets/stage-docs.ts';

const RUN_MS_MAX = 600_000;

describe.each([
  ['packages/sdk/README.md', 'sdk-readme', 4],
  ['docs/server.md', 'server', 3],
  ['docs/webhooks.md', 'webhooks', 2],
  ['docs/migrate-from-taptap.md', 'migrate-from-taptap', 1],
  ['docs/testing.md', null, 5],
])('%s', (page, given, count) => {
  test(
    'compiles and runs',
    async () => {
      using doc = new StagedDoc(page, given);
      expect(doc.count).toBe(count);
      expect(doc.typeFaults()).toEqual([]);
      expect(await doc.run()).toBe('');
    },
    RUN_MS_MAX,
  );
});
