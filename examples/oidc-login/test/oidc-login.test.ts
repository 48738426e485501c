import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, it } from 'vitest';

it('signs a player in and plays ten minutes', () => {
  const script = path.join(import.meta.dirname, '../src/oidc-login.ts');
  const { status, stderr, stdout } = spawnSync(process.execPath, [script], { encoding: 'utf8', timeout: 110_000 });
  expect({ status, stdout, stderr: status === 0 ? '' : stderr }).toMatchObject({ status: 0, stderr: '' });
  expect(stdout).toContain('complete: verified, band 16_17, assurance document');
  expect(stdout).toContain('played 10 minutes');
});
