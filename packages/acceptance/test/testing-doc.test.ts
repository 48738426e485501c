// docs/testing.md: its examples run, and its table of cases is the one that is played.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import * as sdk from '@playgate/sdk';
import * as testing from '@playgate/sdk/testing';
import { describe, expect, test } from 'vitest';
import { templatePath } from '../../gateway/test/support/databases.ts';
import * as accept from '../src/index.ts';

const DOC = readFileSync(new URL('../../../docs/testing.md', import.meta.url), 'utf8');
const RUN_MS_MAX = 180_000;

/** From sources there is no dump of an empty database beside the gateway. */
async function startQuickly(options: testing.LocalGatewayOptions = {}): Promise<testing.LocalGateway> {
  return testing.startLocalGateway({ ...options, databaseTemplate: await templatePath() });
}

const MODULES: Readonly<Record<string, unknown>> = {
  'node:assert/strict': { default: assert },
  '@playgate/sdk': sdk,
  '@playgate/sdk/testing': { ...testing, startLocalGateway: startQuickly },
  'playgate-accept': accept,
};
const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor as new (...code: string[]) => RunExample;
type RunExample = (modules: typeof MODULES) => Promise<void>;

const examples = [...DOC.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code);

/** Imports become look-ups, so that an example runs as it stands without a file of its own. */
function compile(example: string): RunExample {
  const script = stripTypeScriptTypes(example)
    .replace(/^import (\w+) from ('[^']+');$/gm, 'const { default: $1 } = modules[$2];')
    .replace(/^import (\{[^}]+\}) from ('[^']+');$/gm, 'const $1 = modules[$2];');
  return new AsyncFunction('modules', script);
}

describe('the examples', () => {
  test('are all found', () => {
    expect(examples).toHaveLength(5);
  });

  test.each(examples.map((code, index) => [index + 1, code] as const))(
    'number %i runs',
    async (_index, code) => {
      await compile(code)(MODULES);
    },
    RUN_MS_MAX,
  );
});

test('every case stands in the table with what must happen and its citation', () => {
  const rows = DOC.split('\n').filter((line) => line.startsWith('| `'));
  for (const { cite, id, must, rule } of accept.PUBLISHED_CASES) {
    const row = rows.find((line) => line.startsWith(`| \`${id}\``));
    expect(
      row?.split('|').map((cell) => cell.trim()),
      id,
    ).toEqual(['', `\`${id}\``, must, rule, cite, '']);
  }
});
