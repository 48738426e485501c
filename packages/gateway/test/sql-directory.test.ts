import { expect, it } from 'vitest';
import type { Game } from '../src/directory/directory.ts';
import type { Mode } from '../src/directory/world.ts';
import type { Database } from '../src/store/sql/open-database.ts';
import { SqlAgents } from '../src/store/sql/sql-agents.ts';
import { SqlGames } from '../src/store/sql/sql-games.ts';
import { KEY_OUTAGE_MS_DEFAULT, KEY_REREAD_MS, SqlKeys } from '../src/store/sql/sql-keys.ts';
import { SqlProviders } from '../src/store/sql/sql-providers.ts';
import { SqlRegulators } from '../src/store/sql/sql-regulators.ts';
import { SqlSandboxClocks } from '../src/store/sql/sql-sandbox-clocks.ts';
import { describeOnDatabases } from './support/databases.ts';

const NOW = Date.UTC(2026, 2, 1, 3);

async function newProvider({ db }: Database): Promise<string> {
  return (await new SqlProviders(db).create('Sông Game', NOW)).providerId;
}

describeOnDatabases('directory', (database) => {
  it('finds a provider by id and nothing else', async () => {
    const providers = new SqlProviders(database().db);
    const created = await providers.create('Sông Game', NOW);
    expect(created.providerId).toMatch(/^prv_[0-9A-Za-z]{16}$/);
    expect(await providers.find(created.providerId)).toEqual(created);
    expect(await providers.find('prv_unknown')).toBeNull();
  });

  for (const [kind, mode, prefix] of [
    ['secret', 'test', 'sk_test_'],
    ['secret', 'live', 'sk_live_'],
    ['publishable', 'test', 'pk_test_'],
    ['publishable', 'live', 'pk_live_'],
  ] as const) {
    it(`tells whom a ${prefix} key stands for`, async () => {
      const providerId = await newProvider(database());
      const keys = new SqlKeys(database().db);
      const issued = await keys.issueProviderKey(providerId, kind, mode, NOW);
      expect(issued?.key).toMatch(new RegExp(`^${prefix}[0-9A-Za-z]{40}$`));
      const principal = { kind, keyId: issued!.keyId, world: { providerId, mode } };
      expect(await keys.authenticate(issued!.key)).toEqual(principal);
      expect(await keys.authenticate(issued!.key)).toEqual(principal);
    });
  }

  it('issues no key to a provider it does not know', async () => {
    expect(await new SqlKeys(database().db).issueProviderKey('prv_unknown', 'secret', 'live', NOW)).toBeNull();
  });

  it('refuses what is not a key it issued', async () => {
    const keys = new SqlKeys(database().db);
    const issued = await keys.issueProviderKey(await newProvider(database()), 'secret', 'test', NOW);
    const key = issued!.key;
    const others = [
      '',
      'sk_test_',
      key.slice(0, -1),
      `${key}a`,
      key.replace('sk_', 'pk_'),
      key.replace('test', 'live'),
    ];
    for (const other of [...others, `sk_test_${'A'.repeat(40)}`, ` ${key}`, `${key}\n`, 'x'.repeat(10_000)]) {
      expect(await keys.authenticate(other), other.slice(0, 60)).toBeNull();
    }
  });

  it('refuses a revoked key at once here, and elsewhere once the answer is read again', async () => {
    const providerId = await newProvider(database());
    let elapsedMs = 1;
    const here = new SqlKeys(database().db);
    const elsewhere = new SqlKeys(database().db, { stopwatch: { now: () => elapsedMs } });
    const { key, keyId } = (await here.issueProviderKey(providerId, 'secret', 'live', NOW))!;
    expect(await here.authenticate(key)).not.toBeNull();
    expect(await elsewhere.authenticate(key)).not.toBeNull();
    const underWay = here.authenticate(key);
    expect(await here.revoke(keyId, NOW)).toBe(true);
    await underWay;
    expect(await here.authenticate(key)).toBeNull();
    expect(await elsewhere.authenticate(key)).not.toBeNull();
    elapsedMs += KEY_REREAD_MS + 1;
    expect(await elsewhere.authenticate(key)).toBeNull();
    expect(await here.revoke(keyId, NOW + 1)).toBe(true);
    expect(await here.revoke('key_unknown', NOW)).toBe(false);
  });

  it('knows a key made elsewhere after it was taken for unknown', async () => {
    let elapsedMs = 1;
    const keys = new SqlKeys(database().db, { stopwatch: { now: () => elapsedMs } });
    const { key, keyId } = (await keys.issueProviderKey(await newProvider(database()), 'secret', 'live', NOW))!;
    const { db } = database();
    const row = await db.deleteFrom('api_keys').where('key_id', '=', keyId).returningAll().executeTakeFirstOrThrow();
    expect(await keys.authenticate(key)).toBeNull();
    await db.insertInto('api_keys').values(row).execute();
    elapsedMs += KEY_REREAD_MS + 1;
    expect(await keys.authenticate(key)).toMatchObject({ keyId });
  });

  it('gives an agent a key, hours and stations', async () => {
    const { db } = database();
    const agents = new SqlAgents(db);
    const hours = { opensAt: '08:00', closesAt: '22:00' };
    const {
      key,
      keyId: _,
      ...agent
    } = await agents.create({ name: 'Net 5', licenceNo: 'HN-12', province: 'HN', hours }, NOW);
    expect(await agents.find(agent.agentId)).toEqual(agent);
    expect(await agents.find('agt_unknown')).toBeNull();
    expect(await new SqlKeys(db).authenticate(key)).toMatchObject({ kind: 'agent', agentId: agent.agentId });
    const { stationId, stationToken } = (await agents.createStation(agent.agentId, 'Máy 7', NOW))!;
    expect(await agents.findStation(stationToken)).toEqual({ stationId, label: 'Máy 7', agent });
    expect(await agents.findStation(`st_${'0'.repeat(40)}`)).toBeNull();
    expect(await agents.findStation(key)).toBeNull();
    expect(await new SqlKeys(db).authenticate(stationToken)).toBeNull();
  });

  it('gives a regulator a key', async () => {
    const { db } = database();
    const { regulatorId, key } = await new SqlRegulators(db).create('Sở VHTT', { provinces: ['HN'] }, NOW);
    expect(await new SqlKeys(db).authenticate(key)).toMatchObject({ kind: 'regulator', regulatorId });
  });

  it('keeps the games of each world apart', async () => {
    const { db } = database();
    const games = new SqlGames(db);
    const game: Game = { gameId: 'rắn', title: 'Rắn', class: 'G1', rating: '12+', policyId: 'vn-147-2024' };
    const providerId = await newProvider(database());
    const world = (mode: Mode) => ({ providerId, mode });
    expect(await games.find(world('test'), game.gameId)).toBeNull();
    expect(await games.create(world('test'), game, NOW)).toEqual(game);
    expect(await games.create(world('test'), { ...game, title: 'Khác' }, NOW)).toBeNull();
    expect(await games.find(world('test'), game.gameId)).toEqual(game);
    expect(await games.find(world('test'), game.gameId)).toEqual(game);
    expect(await games.find(world('live'), game.gameId)).toBeNull();
    expect(await games.find({ providerId: await newProvider(database()), mode: 'test' }, game.gameId)).toBeNull();
    expect(await games.create(world('live'), game, NOW)).toEqual(game);
    await games.create(world('test'), { ...game, gameId: 'b' }, NOW + 1);
    expect((await games.list(world('test'))).map(({ gameId }) => gameId)).toEqual(['rắn', 'b']);
    expect(await games.list(world('live'))).toEqual([game]);
  });

  it('remembers sandbox clocks over a restart', async () => {
    const { db } = database();
    const [frozen, released] = [await newProvider(database()), await newProvider(database())];
    const clocks = await SqlSandboxClocks.load(db);
    expect(clocks.frozenAt(frozen)).toBeNull();
    await clocks.freeze(frozen, NOW);
    await clocks.freeze(frozen, NOW + 5);
    await clocks.freeze(released, NOW);
    await clocks.release(released);
    for (const seen of [clocks, await SqlSandboxClocks.load(db)]) {
      expect(seen.frozenAt(frozen)).toBe(NOW + 5);
      expect(seen.frozenAt(released)).toBeNull();
    }
  });

  it('answers a ping', async () => {
    await expect(database().ping()).resolves.toBeUndefined();
  });
});

describeOnDatabases('keys while the database is away', (database) => {
  it('lets known keys go on for a while, as long as was set, and no unknown one in', async () => {
    let elapsedMs = 1;
    const stopwatch = { now: () => elapsedMs };
    const [keys, strict] = [
      new SqlKeys(database().db, { stopwatch }),
      new SqlKeys(database().db, { stopwatch, outageMsMax: 0 }),
    ];
    const providerId = await newProvider(database());
    const { key } = (await keys.issueProviderKey(providerId, 'secret', 'live', NOW))!;
    for (const each of [keys, strict]) await each.authenticate(key);
    await database().close();
    elapsedMs = KEY_REREAD_MS;
    expect(await strict.authenticate(key)).not.toBeNull();
    elapsedMs = KEY_OUTAGE_MS_DEFAULT;
    expect(await keys.authenticate(key)).not.toBeNull();
    await expect(strict.authenticate(key)).rejects.toThrow();
    await expect(keys.authenticate(`sk_live_${'0'.repeat(40)}`)).rejects.toThrow();
    elapsedMs = KEY_OUTAGE_MS_DEFAULT + KEY_REREAD_MS + 1;
    await expect(keys.authenticate(key)).rejects.toThrow();
  });
});
