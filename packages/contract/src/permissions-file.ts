// The committed docs/permissions.md, byte for byte.
import { TAGS } from './operation.ts';
import { PERMISSIONS, type Permission, ROLE_NAMES, ROLES } from './permissions.ts';

const INTRODUCTION = `# Permissions

Generated from the operation registry (\`packages/contract\`) by \`pnpm generate\`; do not edit.

A request without a valid key or token is \`unauthenticated\` (401). One whose role has no mark in the row is \`forbidden\` (403).
A person who signed in (sign-in.md) has one of these roles, and may do what its key may.
An id beyond the reach of the caller is \`not_found\` (404), exactly as one that does not exist.
`;

export function renderPermissionsFile(): string {
  const roles = ROLE_NAMES.map((name) => {
    const { title, who, credential, reach } = ROLES[name];
    return `| ${title} | ${who} | ${credential} | ${reach} |`;
  });
  const sections = TAGS.map((tag) =>
    renderSection(
      tag,
      PERMISSIONS.filter((permission) => permission.tag === tag),
    ),
  );
  return [
    INTRODUCTION,
    '## Roles\n',
    '| role | who | credential | reach |',
    '|---|---|---|---|',
    ...roles,
    '\n## Operations\n',
    'A row marked *anybody* asks for no key or token.',
    ...sections,
    '',
  ].join('\n');
}

function renderSection(tag: string, permissions: readonly Permission[]): string {
  const titles = ROLE_NAMES.map((name) => ROLES[name].title);
  const rows = permissions.map(({ operationId, method, path, anybody, roles }) => {
    const marks = ROLE_NAMES.map((name) => (roles.includes(name) ? '✓' : ''));
    const [first, ...others] = anybody ? ['*anybody*', ...marks.slice(1)] : marks;
    return `| \`${operationId}\` | \`${method} ${path}\` | ${[first, ...others].join(' | ')} |`;
  });
  const head = [`| operation | request | ${titles.join(' | ')} |`, `|---|---|${titles.map(() => ':-:').join('|')}|`];
  return [`\n### ${tag}\n`, ...head, ...rows].join('\n');
}
