import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { type ConfigError, findUnknownSettings, readConfig, SETTINGS } from './config.ts';
import { QUOTA_NAMES, QUOTAS } from './limits/quotas.ts';
import { loadPolicies } from './load-policies.ts';

const problemsOf = (env: Record<string, string>): readonly string[] => {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    return (error as ConfigError).problems;
  }
};

it('needs nothing to be set', () => {
  expect(readConfig({})).toEqual({
    host: '127.0.0.1',
    port: 8080,
    dataDir: path.resolve('.playgate'),
    publicUrl: 'http://localhost:8080',
    evidenceOrigin: 'localhost:8080/evidence',
    redisUrl: null,
    databaseUrl: null,
    store: null,
    partitions: 64,
    adminToken: null,
    secretsFile: null,
    policyId: 'vn-147-2024',
    policyDir: null,
    textsFile: null,
    oidcFile: null,
    signInFile: null,
    walletIssuersFile: null,
    demo: true,
    logLevel: 'info',
    tracing: { otlpUrl: null, traceRatio: 0.01 },
    trustedProxies: 0,
    shedsLoad: true,
    shutdownMsMax: 10_000,
    keyOutageMsMax: 900_000,
    rates: {
      quotas: Object.fromEntries(QUOTA_NAMES.map((name) => [name, QUOTAS[name].requests])),
      answersPerDay: 5,
    },
  });
  expect(readConfig({ PORT: '', PLAYGATE_STORE: '' })).toEqual(readConfig({}));
});

it('shows the demo only while the database is embedded, unless it is told', () => {
  expect(readConfig({ REDIS_URL: 'redis://r' }).demo).toBe(true);
  expect(readConfig({ DATABASE_URL: 'postgres://u:p@h/d' }).demo).toBe(false);
  expect(readConfig({ DATABASE_URL: 'postgres://u:p@h/d', PLAYGATE_DEMO: 'on' }).demo).toBe(true);
});

it('tells of every bad variable at once and repeats no value', () => {
  const env = {
    PORT: '65536',
    HOST: 'a b',
    PLAYGATE_PUBLIC_URL: 'ftp://x',
    REDIS_URL: 'http://secret-host',
    DATABASE_URL: 'secret',
    PLAYGATE_STORE: 'disk',
    PLAYGATE_PARTITIONS: '0',
    PLAYGATE_ADMIN_TOKEN: 'short secret',
    PLAYGATE_POLICY: '../x',
    PLAYGATE_DEMO: 'yes',
    PLAYGATE_LOG_LEVEL: 'loud',
    PLAYGATE_TRUSTED_PROXIES: '-1',
    PLAYGATE_SHUTDOWN_MS: '1.5',
    PLAYGATE_RATE_STARTS: '0',
    PLAYGATE_RATE_ANSWERS: '-5',
  };
  const problems = problemsOf(env);
  expect(problems.map((problem) => problem.split(':')[0]).sort()).toEqual(Object.keys(env).sort());
  expect(problems.join()).not.toMatch(/secret/);
  expect(problems).toContain('PORT: must be a whole number from 0 to 65535');
  expect(problems).toContain('PLAYGATE_STORE: must be one of: memory, redis');
});

it('takes no admin token that could be taken for a key or a session token', () => {
  for (const token of [`sk_${'a'.repeat(30)}`, 'aaaaaaaaaa.bbbbbbbbbb.cccccccccc']) {
    expect(problemsOf({ PLAYGATE_ADMIN_TOKEN: token })).toHaveLength(1);
  }
});

it('finds what looks like a setting and is none', () => {
  expect(findUnknownSettings({ PLAYGATE_DATADIR: 'x', PLAYGATE_DEMO: 'on', PATH: '/bin' })).toEqual([
    'PLAYGATE_DATADIR',
  ]);
});

it('names the policy that is not there and the file that is none', async () => {
  await expect(loadPolicies('vn-1', null)).rejects.toThrow(/PLAYGATE_POLICY: .*vn-147-2024/);
  await expect(loadPolicies('vn-147-2024', '/nowhere')).rejects.toThrow('PLAYGATE_POLICY_DIR: cannot be read (ENOENT)');
  const folder = await mkdtemp(path.join(tmpdir(), 'playgate-policies-'));
  await writeFile(path.join(folder, 'mine.json'), '{"id":"mine"}');
  await expect(loadPolicies('vn-147-2024', folder)).rejects.toThrow(/PLAYGATE_POLICY_DIR: mine\.json: /);
  await rm(folder, { recursive: true });
});

it('is what docs/operations.md says', async () => {
  const text = await readFile(path.join(import.meta.dirname, '../../../docs/operations.md'), 'utf8');
  // The formatter pads the cells of a table.
  const lines = new Set(text.split('\n').map((line) => line.replace(/ +/g, ' ')));
  for (const [name, setting] of Object.entries(SETTINGS)) {
    const fallback = setting.default === null ? '-' : `\`${setting.default}\``;
    expect(lines).toContain(`| \`${name}\` | ${setting.unit} | ${fallback} | ${setting.meaning} |`);
  }
  const named = text.match(/^\| `([A-Z_]+)` +\|/gm) ?? [];
  expect(named).toHaveLength(Object.keys(SETTINGS).length);
});
