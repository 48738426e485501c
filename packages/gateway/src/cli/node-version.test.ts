import { symlink, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import gatewayPackage from '../../package.json' with { type: 'json' };
import { isStarted, NODE_MIN, nodeProblemOf } from './node-version.ts';

it('names the Node that is needed to those that are older', () => {
  for (const version of ['18.20.0', '20.20.2', '22.22.0', '24.1.0', '24.1.9-nightly'])
    expect(nodeProblemOf(version), version).toBe(`playgate needs Node.js 24.2 or newer; this is ${version}.`);
  for (const version of ['24.2.0', '24.11.1', '25.0.0', '26.1.0-rc.1', process.versions.node])
    expect(nodeProblemOf(version), version).toBeNull();
});

it('is what package.json says', () => {
  expect(gatewayPackage.engines).toEqual({ node: `>=${NODE_MIN.major}.${NODE_MIN.minor}` });
});

it('tells the script that was started, behind a link too', async () => {
  const own = fileURLToPath(import.meta.url);
  const link = path.join(tmpdir(), `playgate-link-${process.pid}`);
  await symlink(own, link);
  expect(isStarted(import.meta.url, own)).toBe(true);
  expect(isStarted(import.meta.url, link)).toBe(true);
  await unlink(link);
  for (const other of [undefined, link, path.join(own, '../exit-codes.ts')])
    expect(isStarted(import.meta.url, other)).toBe(false);
});
