// Who may import whom. docs/architecture.md draws it; this file holds it.
const gateway = 'packages/gateway/src';
const services = `^${gateway}/(agents|sessions|verification|guardians|directory|compliance)/`;
const adapters = `^${gateway}/(store|http|tokens|telemetry|demo)/`;

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycle',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'policy-is-pure',
      severity: 'error',
      comment: 'The rules import nothing but themselves.',
      from: { path: '^packages/policy/src', pathNot: '\\.test\\.ts$' },
      to: { pathNot: '^packages/policy/src' },
    },
    {
      name: 'contract-knows-policy-only',
      severity: 'error',
      from: { path: '^packages/contract/src' },
      to: { path: '^packages/(gateway|sdk|demo|guardian-page)' },
    },
    {
      name: 'wire-is-zod-free',
      severity: 'error',
      comment: 'The SDK takes it; zod must not come along.',
      from: { path: '^packages/contract/src/wire\\.ts$' },
      to: { path: 'node_modules', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'sdk-has-no-dependency',
      severity: 'error',
      comment: 'testing/ looks for @playgate/gateway at run time, an optional peer, by a name that is not followed.',
      from: { path: '^packages/sdk/src', pathNot: '\\.test\\.ts$' },
      to: { path: 'node_modules|^packages/(gateway|demo|guardian-page)' },
    },
    {
      name: 'sdk-takes-wire-only',
      severity: 'error',
      from: { path: '^packages/sdk/src', pathNot: '\\.test\\.ts$' },
      to: { path: '^packages/contract/src', pathNot: '^packages/contract/src/wire\\.ts$' },
    },
    {
      name: 'services-know-ports-only',
      severity: 'error',
      from: { path: services, pathNot: '\\.test\\.ts$' },
      to: { path: adapters },
    },
    {
      name: 'services-need-no-driver',
      severity: 'error',
      from: { path: services, pathNot: '\\.test\\.ts$' },
      to: { path: 'node_modules/(express|ioredis|pg|kysely|@electric-sql|jose)/' },
    },
    {
      name: 'only-main-knows-everyone',
      severity: 'error',
      comment: 'local.ts is the same gateway over parts that are kept nowhere.',
      from: { pathNot: `^(${gateway}/(main|local)\\.ts|packages/gateway/test/|.*\\.test\\.ts$)` },
      to: { path: `^${gateway}/main\\.ts$` },
    },
    {
      name: 'only-the-seat-plays',
      severity: 'error',
      comment: 'The program of a seat is a client like any game; the service knows nothing of the SDK.',
      from: { path: `^${gateway}/`, pathNot: `^${gateway}/cli/station/|\\.test\\.ts$` },
      to: { path: '^packages/sdk' },
    },
    {
      name: 'stores-know-no-http',
      severity: 'error',
      from: { path: `^${gateway}/(store|tokens)/` },
      to: { path: `^${gateway}/http/` },
    },
    {
      name: 'not-to-test',
      severity: 'error',
      comment: 'The chaos suite is a test that runs as a program.',
      from: { pathNot: '(\\.test\\.ts$|/test/|/testing/|^load-tests/src/chaos/)' },
      to: { path: '(\\.test\\.ts$|/test/)' },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: ['node_modules', 'dist'] },
    exclude: { path: ['node_modules/.+/node_modules', '/dist/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      conditionNames: ['@playgate/source', 'import', 'node', 'default', 'types'],
      exportsFields: ['exports'],
      extensions: ['.ts', '.js', '.mjs', '.json'],
    },
  },
};
