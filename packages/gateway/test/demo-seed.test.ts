import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ageOn } from '@playgate/policy';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { attestedRequestOf, DEMO_PLAYERS } from '../src/demo/demo-cast.ts';
import { readDemoFile, writeDemoFile } from '../src/demo/demo-file.ts';
import { type DemoSeedPorts, seedDemo } from '../src/demo/seed-demo.ts';
import { type DemoCafePorts, seedDemoCafe } from '../src/demo/seed-demo-cafe.ts';
import { WorldClock } from '../src/directory/world-clock.ts';
import { IdentityVault } from '../src/store/sql/identity-vault.ts';
import type { Database } from '../src/store/sql/open-database.ts';
import { SqlAgents } from '../src/store/sql/sql-agents.ts';
import { SqlGames } from '../src/store/sql/sql-games.ts';
import { SqlKeys } from '../src/store/sql/sql-keys.ts';
import { SqlPendingVerifications } from '../src/store/sql/sql-pending-verifications.ts';
import { SqlPlayerRegister } from '../src/store/sql/sql-player-register.ts';
import { SqlPlayers } from '../src/store/sql/sql-players.ts';
import { SqlProviders } from '../src/store/sql/sql-providers.ts';
import { SqlRegulators } from '../src/store/sql/sql-regulators.ts';
import { SqlSandboxClocks } from '../src/store/sql/sql-sandbox-clocks.ts';
import { AttestedVerifier } from '../src/verification/identity/attested/attested-verifier.ts';
import { VerificationService } from '../src/verification/verification-service.ts';
import { openTestDatabase } from './support/databases.ts';
import { vietnamAt } from './support/policies.ts';
import { testSecrets } from './support/secrets.ts';

const NOW = Date.UTC(2026, 10, 21, 13);
const PLACE = { baseUrl: 'http://127.0.0.1:8080', adminToken: 'operator-token-of-the-tests' };

let database: Database;
let ports: DemoSeedPorts;
let dataDir: string;
let setAside: string[];

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

beforeEach(async () => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'playgate-seed-'));
  setAside = [];
  ports = await portsOn(database);
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

async function portsOn({ db }: Database): Promise<DemoSeedPorts> {
  const clock = { now: () => NOW };
  const vault = new IdentityVault(testSecrets());
  const players = new SqlPlayers({ db, vault, defaultPolicyAt: vietnamAt });
  const verifications = new VerificationService({
    verifiers: [new AttestedVerifier()],
    register: new SqlPlayerRegister(db, vault),
    players,
    ageTokens: { issue: async () => 'token' },
    defaultPolicyAt: vietnamAt,
    pending: new SqlPendingVerifications(db, testSecrets()),
    nowOf: () => {
      throw new Error('no callback is expected');
    },
    onFailure: () => undefined,
  });
  return {
    providers: new SqlProviders(db),
    keys: new SqlKeys(db),
    games: new SqlGames(db),
    players,
    verifications,
    clock,
    worldClock: new WorldClock(clock, await SqlSandboxClocks.load(db)),
    defaultPolicyAt: vietnamAt,
    policyId: 'vn-147-2024',
    onFileSetAside: (file) => setAside.push(file),
  };
}

async function start(place = PLACE) {
  const demo = await seedDemo(ports, dataDir);
  writeDemoFile(dataDir, { ...place, ...demo });
  return demo;
}

const fileText = () => readFileSync(path.join(dataDir, 'demo.json'), 'utf8');

test('the first start makes a tenant of the test world with keys, games and players', async () => {
  const demo = await start();
  expect(Object.keys(JSON.parse(fileText()))).toEqual([
    'baseUrl',
    'adminToken',
    'providerId',
    'secretKey',
    'publishableKey',
    'games',
    'players',
  ]);
  expect(demo.games.map(({ rating }) => rating)).toEqual(['00+', '00+', '12+', '16+']);
  expect(demo.players).toHaveLength(5);
  for (const [key, kind] of [
    [demo.secretKey, 'secret'],
    [demo.publishableKey, 'publishable'],
  ] as const) {
    const world = { providerId: demo.providerId, mode: 'test' };
    expect(await ports.keys.authenticate(key)).toMatchObject({ kind, world });
  }
});

describe('the café', () => {
  /** Nobody is let in: what is played there is not of interest here. */
  const noPlay: DemoCafePorts['sessions'] = {
    open: async () => {
      const nothing = {
        serverAt: '2026-11-21T13:00:00.000Z',
        source: 'live',
        bindingRule: null,
        nextAllowedAt: null,
        conflicts: [],
        message: { vi: '', en: '' },
      } as const;
      return { verdict: 'denied', reason: 'agent_closed', ...nothing };
    },
    heartbeats: async () => [],
    close: () => Promise.reject(new Error('nobody is there')),
  };
  const keepCafe = async () => {
    const demo = await start();
    const world = { providerId: demo.providerId, mode: 'test' } as const;
    const agents = new SqlAgents(database.db);
    const regulators = new SqlRegulators(database.db);
    const cafe = await seedDemoCafe({ ...ports, agents, regulators, sessions: noPlay }, world, dataDir);
    writeDemoFile(dataDir, { ...PLACE, ...demo, ...cafe });
    return { agents, cafe, demo };
  };

  test('is made once, with seats and a regulator who sees the demo only', async () => {
    const { agents, cafe, demo } = await keepCafe();
    expect(await agents.listStations(cafe.agent.agentId)).toHaveLength(5);
    const principal = await ports.keys.authenticate(cafe.regulatorKey);
    if (principal?.kind !== 'regulator') throw new Error('no regulator');
    const scope = await new SqlRegulators(database.db).findScope(principal.regulatorId);
    expect(scope).toEqual({ providerIds: [demo.providerId] });
    writeDemoFile(dataDir, { ...PLACE, ...demo, ...cafe });
    const again = await seedDemoCafe(
      { ...ports, agents, regulators: new SqlRegulators(database.db), sessions: noPlay },
      { providerId: demo.providerId, mode: 'test' },
      dataDir,
    );
    expect(again).toEqual(cafe);
  });

  test('comes to a demo of an earlier version, and leaves it as it was', async () => {
    const first = await start();
    const { cafe, demo } = await keepCafe();
    expect(demo).toEqual(first);
    expect(cafe.agent.province).toBe('Hà Nội');
    expect(setAside).toEqual([]);
  });
});

test('only the owner may read the file, also where it replaces one that others could', async () => {
  writeFileSync(path.join(dataDir, 'demo.json'), '{}', { mode: 0o644 });
  await start();
  expect(statSync(path.join(dataDir, 'demo.json')).mode & 0o777).toBe(0o600);
  expect(readdirSync(dataDir).filter((name) => name.includes('draft'))).toEqual([]);
});

test('a later start keeps everything and notes where the gateway is now', async () => {
  const first = await start();
  const second = await start({ ...PLACE, baseUrl: 'http://127.0.0.1:9090' });
  expect(second).toEqual(first);
  expect(readDemoFile(dataDir)).toEqual({ ...PLACE, baseUrl: 'http://127.0.0.1:9090', ...first });
  expect(setAside).toEqual([]);
});

test('a revoked key is replaced, and nothing else', async () => {
  const first = await start();
  const principal = await ports.keys.authenticate(first.secretKey);
  if (principal?.kind !== 'secret') throw new Error('the demo key is no secret key');
  await new SqlKeys(database.db).revoke(principal.keyId, NOW);
  ports = await portsOn(database);
  const second = await start();
  expect(second).toEqual({ ...first, secretKey: second.secretKey });
  expect(second.secretKey).not.toBe(first.secretKey);
});

test.each([
  ['a damaged file', () => '{"baseUrl": '],
  ['a file of something else', () => '{"hello": "world"}'],
  ['the file of another gateway', () => fileText().replace(/prv_\w+/, 'prv_elsewhere')],
])('%s is set aside and a new demo made', async (_name, damage) => {
  const first = await start();
  const damaged = damage();
  writeFileSync(path.join(dataDir, 'demo.json'), damaged);
  const second = await start();
  expect(second.providerId).not.toBe(first.providerId);
  expect(setAside).toHaveLength(1);
  expect(readFileSync(setAside[0] ?? '', 'utf8')).toBe(damaged);
});

test('every player has the stated age on any day, half a year from a birthday', () => {
  for (const player of DEMO_PLAYERS) {
    for (const [day, soon] of [
      ['2024-02-29', '2024-06-15'],
      ['2026-01-01', '2026-05-01'],
      ['2026-12-31', '2027-04-30'],
    ] as const) {
      const { birthDate } = attestedRequestOf(player, day);
      expect([ageOn(birthDate, day), ageOn(birthDate, soon)]).toEqual([player.age, player.age]);
    }
  }
});
