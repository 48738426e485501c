// Every way to start the gateway starts Node alike: its memory is measured with these flags.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const ROOT = new URL('../../../', import.meta.url);
const FLAGS = '--max-semi-space-size=16';

const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');

test.each([
  ['the installed command', 'packages/gateway/src/main.ts', new RegExp(`^#!/usr/bin/env -S node ${FLAGS}\n`)],
  ['the image', 'deploy/Dockerfile', new RegExp(`^ENTRYPOINT \\["node", "${FLAGS}", `, 'm')],
  ['the unit', 'deploy/systemd/playgate.service', new RegExp(`^ExecStart=/usr/bin/node ${FLAGS} `, 'm')],
  ['npm start', 'package.json', new RegExp(`"start:gateway": ".* node ${FLAGS} packages/gateway/dist/main.js"`)],
  ['npm run playgate', 'package.json', new RegExp(`"playgate": "node ${FLAGS} packages/gateway/dist/main.js"`)],
  [
    'the benchmark',
    'load-tests/src/bench/gateway.ts',
    new RegExp(`^export const NODE_FLAGS = \\['${FLAGS}'\\];$`, 'm'),
  ],
])('%s', (_way, path, flags) => {
  expect(read(path)).toMatch(flags);
});

test('the installed command is what the shebang is in', () => {
  expect(JSON.parse(read('packages/gateway/package.json')).bin).toEqual({ playgate: './dist/main.js' });
});
