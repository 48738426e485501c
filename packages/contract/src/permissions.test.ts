import { expect, it } from 'vitest';
import { PERMISSIONS, ROLE_NAMES } from './permissions.ts';
import { renderPermissionsFile } from './permissions-file.ts';
import { OPERATIONS } from './registry.ts';
import { AUTH_KINDS } from './vocabulary.ts';

it('has a row per operation and a role per kind of credential', () => {
  expect(PERMISSIONS.map(({ operationId }) => operationId)).toEqual(OPERATIONS.map(({ operationId }) => operationId));
  expect([...ROLE_NAMES].sort()).toEqual(AUTH_KINDS.filter((kind) => kind !== 'none').sort());
  for (const { anybody, roles } of PERMISSIONS) expect(anybody).toBe(roles.length === 0);
});

it('lets a regulator and a guardian change nothing that is not theirs', () => {
  // Who somebody is, and that they are it no longer, is everybody's own business.
  for (const { method, roles, path } of PERMISSIONS.filter(({ tag }) => tag !== 'Sign-in')) {
    if (roles.includes('regulator')) expect(method).toBe('GET');
    // The one record beside what it administers: who was shown what, and why.
    if (roles.includes('operator')) expect(path).toMatch(/^\/v1\/(admin\/|reports\/access-log$)/);
    if (roles.includes('guardian')) expect(path).toMatch(/^\/v1\/players\/\{playerId\}/);
  }
});

it('shows every operation once', () => {
  const page = renderPermissionsFile();
  for (const { operationId } of OPERATIONS) expect(page.split(`| \`${operationId}\` |`)).toHaveLength(2);
});
