import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { newId } from '../src/directory/new-id.ts';
import type { World } from '../src/directory/world.ts';
import { IdentityVault } from '../src/store/sql/identity-vault.ts';
import type { Database } from '../src/store/sql/open-database.ts';
import { SqlPlayerRegister } from '../src/store/sql/sql-player-register.ts';
import { SqlPlayers } from '../src/store/sql/sql-players.ts';
import { SqlProviders } from '../src/store/sql/sql-providers.ts';
import { addClaim } from '../src/verification/combine-sources.ts';
import type { IdentityClaim, PlayerIdentity } from '../src/verification/identity-claim.ts';
import type { VerificationEntry } from '../src/verification/player-register.ts';
import { describeOnDatabases } from './support/databases.ts';
import { vietnamAt } from './support/policies.ts';
import { testSecrets } from './support/secrets.ts';

const NOW = Date.UTC(2026, 2, 1, 3);

function openPlayers({ db }: Database) {
  const vault = new IdentityVault(testSecrets());
  return {
    register: new SqlPlayerRegister(db, vault),
    players: new SqlPlayers({ db, vault, defaultPolicyAt: vietnamAt }),
    newWorld: async (): Promise<World> => ({
      providerId: (await new SqlProviders(db).create('p', NOW)).providerId,
      mode: 'live',
    }),
  };
}

function entryOf(playerRef: string, more: Partial<IdentityClaim> = {}): VerificationEntry {
  const claim: IdentityClaim = {
    birthDate: '2010-06-01',
    phone: { number: '+84901234567', verified: true },
    guardian: null,
    nationalId: null,
    assurance: 'attested',
    ...more,
  };
  const assessment = { outcome: 'guardian_required', reason: 'guardian_missing', ageBand: '12_15' } as const;
  const judge = (known: PlayerIdentity | null) => ({ ...assessment, identity: addClaim(known, 'attested', claim) });
  return { playerRef, method: 'attested', claim, judge };
}

function rejectedEntryOf(playerRef: string, more: Partial<IdentityClaim> = {}): VerificationEntry {
  const rejected = { outcome: 'rejected', reason: 'birth_date_in_the_future', ageBand: null, identity: null } as const;
  return { ...entryOf(playerRef, more), judge: () => rejected };
}

describeOnDatabases('players', (database) => {
  it('gives one playerRef one player and one person, each world its own', async () => {
    const { register, newWorld } = openPlayers(database());
    const world = await newWorld();
    const first = await register.record(world, entryOf('anna'), NOW);
    expect(first.playerId).toMatch(/^ply_[0-9A-Za-z]{16}$/);
    expect(first.personId).toMatch(/^per_[0-9A-Za-z]{16}$/);
    const again = await register.record(world, entryOf('anna'), NOW + 1);
    expect(again).toEqual({ ...first, verificationId: again.verificationId, previousPersonId: null });
    expect(again.verificationId).not.toBe(first.verificationId);
    const others = [
      await register.record(world, entryOf('Anna'), NOW),
      await register.record({ ...world, mode: 'test' }, entryOf('anna'), NOW),
      await register.record(await newWorld(), entryOf('anna'), NOW),
    ];
    const all = [first, ...others];
    expect(new Set(all.map(({ playerId }) => playerId)).size).toBe(all.length);
    expect(new Set(all.map(({ personId }) => personId)).size).toBe(all.length);
  });

  it('makes one person of two playerRefs with one national id, within a world', async () => {
    const { register, newWorld } = openPlayers(database());
    const world = await newWorld();
    const nationalId = '079099000001';
    const first = await register.record(world, entryOf('a', { nationalId }), NOW);
    const second = await register.record(world, entryOf('b', { nationalId }), NOW);
    expect(second.personId).toBe(first.personId);
    expect(second.playerId).not.toBe(first.playerId);
    const abroad = await register.record({ ...world, mode: 'test' }, entryOf('a', { nationalId }), NOW);
    expect(abroad.personId).not.toBe(first.personId);
    const without = await register.record(world, entryOf('a'), NOW + 1);
    expect(without.personId).toBe(first.personId);
  });

  it('keeps the person when a national id first comes up later, and moves the player when it is another’s', async () => {
    const { register, players, newWorld } = openPlayers(database());
    const world = await newWorld();
    const anna = await register.record(world, entryOf('anna'), NOW);
    const named = await register.record(world, entryOf('anna', { nationalId: 'A1' }), NOW + 1);
    expect(named).toMatchObject({ personId: anna.personId, previousPersonId: null });
    const other = await register.record(world, entryOf('second account'), NOW);
    const moved = await register.record(world, entryOf('second account', { nationalId: 'A1' }), NOW + 1);
    expect(moved).toMatchObject({ personId: anna.personId, previousPersonId: other.personId });
    expect((await players.findProfile(world, moved.playerId, NOW))?.personId).toBe(anna.personId);
    const corrected = await register.record(world, entryOf('second account', { nationalId: 'B2' }), NOW + 2);
    expect(corrected.previousPersonId).toBe(anna.personId);
    expect(corrected.personId).not.toBe(other.personId);
  });

  it('makes one player and one person of verifications that run at once', async () => {
    const { register, newWorld } = openPlayers(database());
    const world = await newWorld();
    const entries = Array.from({ length: 8 }, (_, index) => entryOf(`ref ${index % 2}`, { nationalId: 'C3' }));
    const receipts = await Promise.all(entries.map((entry) => register.record(world, entry, NOW)));
    expect(new Set(receipts.map(({ playerId }) => playerId)).size).toBe(2);
    expect(new Set(receipts.map(({ personId }) => personId)).size).toBe(1);
  });

  it('tells facts at the instant asked, the newest claim winning', async () => {
    const { register, players, newWorld } = openPlayers(database());
    const world = await newWorld();
    const { playerId } = await register.record(world, entryOf('anna'), NOW);
    const birthday16 = Date.UTC(2026, 4, 31, 17);
    const facts = { ageBand: '12_15', verified: true, verifiedPhoneCountry: '+84', hasGuardian: false };
    expect(await players.findProfile(world, playerId, birthday16 - 1)).toMatchObject({
      facts,
      bandChangesAt: birthday16,
    });
    expect((await players.findProfile(world, playerId, birthday16))?.facts.ageBand).toBe('16_17');
    const guardian = {
      relationship: 'parent',
      phone: '+84907654321',
      consentedAt: '2026-03-01T03:00:00.000Z',
    } as const;
    await register.record(world, entryOf('anna', { birthDate: '2016-06-01', phone: null, guardian }), NOW + 1);
    expect((await players.findProfile(world, playerId, NOW + 1))?.facts).toEqual({
      ageBand: 'under_12',
      verified: true,
      verifiedPhoneCountry: null,
      hasGuardian: true,
    });
    const rows = await database()
      .db.selectFrom('verifications')
      .select('contradicts_previous')
      .where('player_id', '=', playerId)
      .orderBy('created_at')
      .execute();
    expect(rows.map((row) => row.contradicts_previous)).toEqual([false, true]);
  });

  it('lets a rejected claim change nothing that is known', async () => {
    const { register, players, newWorld } = openPlayers(database());
    const world = await newWorld();
    const { playerId } = await register.record(world, rejectedEntryOf('x'), NOW);
    expect(await players.findProfile(world, playerId, NOW)).toMatchObject({
      facts: { ageBand: null, verified: false, verifiedPhoneCountry: null, hasGuardian: false },
      bandChangesAt: null,
    });
    await register.record(world, entryOf('x'), NOW + 1);
    await register.record(world, rejectedEntryOf('x', { birthDate: '2999-01-01' }), NOW + 2);
    expect((await players.findProfile(world, playerId, NOW + 2))?.facts.ageBand).toBe('12_15');
  });

  it('finds a verification and a player in their own world only', async () => {
    const { register, players, newWorld } = openPlayers(database());
    const world = await newWorld();
    const { verificationId, playerId } = await register.record(world, entryOf('anna'), NOW);
    expect(await register.findVerification(world, verificationId)).toEqual({
      verificationId,
      playerId,
      method: 'attested',
      outcome: 'guardian_required',
      reason: 'guardian_missing',
      ageBand: '12_15',
      assurance: 'attested',
    });
    for (const other of [await newWorld(), { ...world, mode: 'test' } as const]) {
      expect(await register.findVerification(other, verificationId)).toBeNull();
      expect(await players.findProfile(other, playerId, NOW)).toBeNull();
      expect(await players.erase(other, playerId, NOW)).toBeNull();
    }
    expect(await players.findProfile(world, newId('player'), NOW)).toBeNull();
    expect(await players.findProfile(world, playerId, NOW)).not.toBeNull();
  });

  describe('erasure', () => {
    it('leaves the pseudonym and no identity', async () => {
      const { register, players, newWorld } = openPlayers(database());
      const world = await newWorld();
      const { verificationId, playerId, personId } = await register.record(
        world,
        entryOf('anna', { nationalId: 'D4' }),
        NOW,
      );
      expect(await players.erase(world, playerId, NOW)).toBe(personId);
      expect(await players.erase(world, playerId, NOW + 1)).toBe(personId);
      expect(await players.findProfile(world, playerId, NOW)).toBeNull();
      expect(await register.findVerification(world, verificationId)).toMatchObject({
        playerId,
        outcome: 'guardian_required',
      });
      const { db } = database();
      const player = await db.selectFrom('players').selectAll().where('player_id', '=', playerId).executeTakeFirst();
      expect(player).toMatchObject({ identity: null, player_ref_hash: null, assurance: null, erased_at: NOW });
      const person = await db.selectFrom('persons').selectAll().where('person_id', '=', personId).executeTakeFirst();
      expect(person).toMatchObject({ national_id_hash: null });
      const claims = await db.selectFrom('verifications').select('claim').where('player_id', '=', playerId).execute();
      expect(claims).toEqual([{ claim: null }]);
      const anew = await register.record(world, entryOf('anna', { nationalId: 'D4' }), NOW + 2);
      expect(anew.playerId).not.toBe(playerId);
      expect(anew.personId).not.toBe(personId);
    });

    it('keeps the national id’s hash while the person has another account', async () => {
      const { register, players, newWorld } = openPlayers(database());
      const world = await newWorld();
      const [first, second] = [
        await register.record(world, entryOf('a', { nationalId: 'E5' }), NOW),
        await register.record(world, entryOf('b', { nationalId: 'E5' }), NOW),
      ];
      await players.erase(world, first.playerId, NOW);
      const third = await register.record(world, entryOf('c', { nationalId: 'E5' }), NOW);
      expect(third.personId).toBe(second.personId);
    });
  });

  it('are looked up by a statement that a connection prepares once', async ({ skip }) => {
    if (database().kind === 'embedded') skip('it has one connection and prepares nothing');
    const { newWorld } = openPlayers(database());
    const world = await newWorld();
    await database()
      .db.transaction()
      .execute(async (db) => {
        const { players } = openPlayers({ ...database(), db });
        for (const playerId of ['ply_one', 'ply_two']) {
          expect(await players.findProfile(world, playerId, NOW)).toBeNull();
        }
        const prepared = await sql<{ name: string }>`select name from pg_prepared_statements`.execute(db);
        expect(prepared.rows).toEqual([{ name: 'player_profile' }]);
      });
  });

  it('are found though the connection has lost the prepared statement', async ({ skip }) => {
    if (database().kind === 'embedded') skip('it has one connection and prepares nothing');
    const { newWorld, players, register } = openPlayers(database());
    const world = await newWorld();
    const { playerId } = await register.record(world, entryOf('found'), NOW);
    for (let turn = 0; turn < 2; turn++) {
      expect(await players.findProfile(world, playerId, NOW)).not.toBeNull();
      // One after the other, all of them go to the connection that was used last.
      await sql`deallocate all`.execute(database().db);
    }
  });
});
