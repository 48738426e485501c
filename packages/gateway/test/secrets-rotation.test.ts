// A master key comes into use, everything is brought under it, and the old one goes: nothing is lost on the way.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTokens } from '../src/open-tokens.ts';
import { LocalChangeBus } from '../src/store/memory/local-change-bus.ts';
import { LiveSecrets } from '../src/store/sql/live-secrets.ts';
import { countSealed, reseal, SEALED_COLUMNS } from '../src/store/sql/reseal.ts';
import { addMasterKey, dropOldMasterKeys } from '../src/store/sql/secrets.ts';
import { generateSigningKey } from '../src/tokens/signing-key.ts';
import { openTestDatabase } from './support/databases.ts';
import { ManualClock, TestGateway } from './support/test-gateway.ts';

const NOW = Date.UTC(2026, 9, 14, 3);
const LEAD_MS = 600_000;
const PLAYERS = 7;
const CLAIMS = {
  sessionId: 'ses_1',
  world: { providerId: 'prv_1', mode: 'live' },
  gameId: 'game',
  playerId: 'ply_1',
  metered: true,
  context: '',
} as const;

let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'playgate-secrets-'));
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

async function openTokensAt(secrets: LiveSecrets, clock: ManualClock) {
  const signingKeys = { list: async () => [await generateSigningKey()] };
  return openTokens({ issuer: 'https://gate.example', clock, signingKeys, secrets, bus: new LocalChangeBus() });
}

const kidOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString()).kid;

describe('a new master key', () => {
  it('signs from its time on, and gateways that look sooner or later refuse nothing', async () => {
    const source = { dataDir: path.join(dataDir, 'signs') };
    const clock = new ManualClock(NOW);
    const [early, late] = [await LiveSecrets.open(source, NOW), await LiveSecrets.open(source, NOW)];
    const [a, b] = [await openTokensAt(early, clock), await openTokensAt(late, clock)];
    const before = await a.sessionTokens.issue(CLAIMS, NOW + LEAD_MS, NOW);
    const id = await addMasterKey(source, NOW + LEAD_MS, NOW);
    expect(await addMasterKey(source, NOW + LEAD_MS, NOW)).toBeNull();
    for (const tokens of [a, b]) await tokens.rereadSecrets();
    const meanwhile = await a.sessionTokens.issue(CLAIMS, NOW + LEAD_MS, NOW);
    expect(kidOf(meanwhile)).toBe(kidOf(before));
    clock.advance(LEAD_MS);
    await a.rereadSecrets();
    const after = await a.sessionTokens.issue(CLAIMS, NOW + LEAD_MS, NOW);
    expect(kidOf(after)).toBe(id);
    for (const tokens of [a, b]) {
      for (const token of [before, meanwhile, after]) expect(await tokens.sessionTokens.verify(token)).not.toBeNull();
    }
    await dropOldMasterKeys(source, id!);
    await a.rereadSecrets();
    expect(await a.sessionTokens.verify(before)).toBeNull();
    expect(await a.sessionTokens.verify(after)).not.toBeNull();
  });
});

describe('resealing', () => {
  it('knows every column that holds bytes', async () => {
    await using database = await openTestDatabase();
    const { rows } = await sql<{ name: string }>`
      select table_name || '.' || column_name as name from information_schema.columns
      where table_schema = 'public' and data_type = 'bytea' order by 1`.execute(database.db);
    // Hashes that anybody may see; salts that go with an erasure and are read by the SQL that links an event to a player.
    const notSealed = ['corrections.reason_salt', 'event_subjects.salt', 'evidence_tiles.hashes'];
    expect([...SEALED_COLUMNS.map(({ column, table }) => `${table}.${column}`), ...notSealed].sort()).toEqual(
      rows.map(({ name }) => name),
    );
  });

  it('can be broken off, leaves nothing under the old key, and everything opens without it', async () => {
    const source = { dataDir: path.join(dataDir, 'reseals') };
    const clock = new ManualClock(NOW);
    const secrets = await LiveSecrets.open(source, NOW);
    await using gateway = await TestGateway.start({ clock, secrets, env: { PLAYGATE_LOG_LEVEL: 'silent' } });
    const { db } = gateway.database;
    const { secretKey: token } = await gateway.createTenant();
    const verificationIds: string[] = [];
    for (let index = 0; index < PLAYERS; index++) {
      const request = { token, headers: { 'idempotency-key': `key-${index}` }, body: childOf(index) };
      verificationIds.push((await gateway.call('createAgeVerification', request)).body.verificationId);
    }
    const oldId = secrets.masterKeys[0]!.id;
    const newId = (await addMasterKey(source, NOW, NOW))!;
    expect(await secrets.reload(NOW)).toBe(true);
    const sealed = (await countSealed(db)).get(oldId)!;
    // Identity, claim, outcome, guardian and relationship of each child, and the signing key.
    expect(sealed).toBeGreaterThanOrEqual(PLAYERS * 3 + 1);
    const breakOff = reseal(db, secrets, () => {
      throw new Error('broken off');
    });
    await expect(breakOff).rejects.toThrow('broken off');
    const left = (await countSealed(db)).get(oldId)!;
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(sealed);
    expect(await reseal(db, secrets, () => undefined)).toBe(left);
    expect([...(await countSealed(db)).keys()]).toEqual([newId]);
    expect(await reseal(db, secrets, () => undefined)).toBe(0);
    expect(await dropOldMasterKeys(source, newId)).toEqual([oldId]);
    expect(await secrets.reload(NOW)).toBe(true);
    expect(secrets.masterKeys.map(({ id }) => id)).toEqual([newId]);
    for (const [index, verificationId] of verificationIds.entries()) {
      const found = (await gateway.call('getAgeVerification', { token, params: { verificationId } })).body;
      expect(found.ageBand).toBe('12_15');
      const exported = await gateway.call('exportPlayer', { token, params: { playerId: found.playerId } });
      expect(exported.body.identity[0]?.birthDate).toBe(childOf(index).birthDate);
      const replayed = await gateway.call('createAgeVerification', {
        token,
        headers: { 'idempotency-key': `key-${index}` },
        body: childOf(index),
      });
      expect(replayed.headers.get('idempotent-replayed')).toBe('true');
    }
  });
});

function childOf(index: number) {
  return {
    playerRef: `child-${index}`,
    method: 'attested',
    birthDate: `2012-02-0${index + 1}`,
    phone: `+8491234567${index}`,
    phoneVerified: true,
    guardian: { relationship: 'parent', phone: `+8498765432${index}`, consentedAt: '2026-10-01T00:00:00.000Z' },
  } as const;
}
