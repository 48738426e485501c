// Which accounts are one person: the rules of marks, where they contradict each other, and what comes along with an account.
import { expect, it } from 'vitest';
import type { World } from '../src/directory/world.ts';
import { NO_RULES } from '../src/guardians/rules-beside-law.ts';
import { IdentityVault } from '../src/store/sql/identity-vault.ts';
import type { Database } from '../src/store/sql/open-database.ts';
import { SqlGuardianRegister } from '../src/store/sql/sql-guardian-register.ts';
import { SqlPendingMerges } from '../src/store/sql/sql-pending-merges.ts';
import { SqlPlayerRecords } from '../src/store/sql/sql-player-records.ts';
import { SqlPlayerRegister } from '../src/store/sql/sql-player-register.ts';
import { SqlPlayers } from '../src/store/sql/sql-players.ts';
import { SqlProviders } from '../src/store/sql/sql-providers.ts';
import { addClaim } from '../src/verification/combine-sources.ts';
import type { Guardian, IdentityClaim, IdentitySubject, PlayerIdentity } from '../src/verification/identity-claim.ts';
import type { VerificationEntry } from '../src/verification/player-register.ts';
import { describeOnDatabases } from './support/databases.ts';
import { vietnamAt } from './support/policies.ts';
import { testSecrets } from './support/secrets.ts';

const NOW = Date.UTC(2026, 2, 1, 3);
const MOTHER = '+84907654321';
const FATHER = '+84907654322';

function childOf(phone: string, childRef?: string, consentedAt = '2026-03-01T03:00:00.000Z'): Partial<IdentityClaim> {
  const guardian: Guardian = {
    relationship: 'parent',
    phone,
    consentedAt,
    ...(childRef !== undefined && { childRef }),
  };
  return { guardian };
}

function signedIn(id: string, issuer = 'https://id.example', isOnlyOne = true): Partial<IdentityClaim> {
  const subject: IdentitySubject = { issuer, id, isOnlyOne };
  return { subject };
}

function entryOf(playerRef: string, more: Partial<IdentityClaim> = {}): VerificationEntry {
  const claim: IdentityClaim = {
    birthDate: '2012-06-01',
    phone: { number: MOTHER, verified: true },
    guardian: null,
    nationalId: null,
    assurance: 'attested',
    ...more,
  };
  const assessment = { outcome: 'verified', reason: null, ageBand: '12_15' } as const;
  const judge = (known: PlayerIdentity | null) => ({ ...assessment, identity: addClaim(known, 'attested', claim) });
  return { playerRef, method: 'attested', claim, judge };
}

async function openScene({ db }: Database, options: { readonly countsHumans?: boolean } = {}) {
  const vault = new IdentityVault(testSecrets(), options);
  const register = new SqlPlayerRegister(db, vault);
  const players = new SqlPlayers({ db, vault, defaultPolicyAt: vietnamAt });
  const world: World = { providerId: (await new SqlProviders(db).create('p', NOW)).providerId, mode: 'test' };
  const verify = (playerRef: string, more?: Partial<IdentityClaim>, of = world) =>
    register.record(of, entryOf(playerRef, more), NOW);
  const personOf = async (playerId: string) => (await players.findProfile(world, playerId, NOW))?.personId;
  return { db, guardians: new SqlGuardianRegister(db, vault), personOf, players, vault, verify, world };
}

describeOnDatabases('persons over accounts', (database) => {
  it('are one by guardian and child, and not by phone or birth date: twins share both', async () => {
    const { verify, world } = await openScene(database());
    const an = await verify('an', childOf(MOTHER, 'an'));
    expect((await verify('an again', childOf(MOTHER, 'an'))).personId).toBe(an.personId);
    const twin = await verify('binh', childOf(MOTHER, 'binh'));
    const others = [
      twin,
      await verify('nameless', childOf(MOTHER)),
      await verify('of another guardian', childOf(FATHER, 'an')),
      await verify('of the live world', childOf(MOTHER, 'an'), { ...world, mode: 'live' }),
    ];
    const persons = new Set([an, ...others].map(({ personId }) => personId));
    expect(persons.size).toBe(5);
  });

  it('are joined late, with the merge of the day asked for in the same step', async () => {
    const { db, verify } = await openScene(database());
    const first = await verify('first', childOf(MOTHER, 'an'));
    const second = await verify('second', childOf(MOTHER));
    expect(second).toMatchObject({ isMergePending: false });
    const joined = await verify('second', childOf(MOTHER, 'an'));
    expect(joined).toMatchObject({
      personId: first.personId,
      previousPersonId: second.personId,
      isMergePending: true,
    });
    const { personId, playerId } = joined;
    expect(await new SqlPendingMerges(db).list()).toContainEqual(
      expect.objectContaining({ playerId, personId, previousPersonId: second.personId }),
    );
    expect(await verify('second', childOf(MOTHER, 'an'))).toMatchObject({ personId, isMergePending: false });
  });

  it('of a child that is given another name leave alone, as with another national id', async () => {
    const { personOf, verify } = await openScene(database());
    const [a, b] = [await verify('a', childOf(MOTHER, 'an')), await verify('b', childOf(MOTHER, 'an'))];
    const renamed = await verify('b', childOf(MOTHER, 'binh'));
    expect(renamed.previousPersonId).toBe(a.personId);
    expect(await personOf(a.playerId)).toBe(a.personId);
    expect(await personOf(b.playerId)).toBe(renamed.personId);
  });

  it('are joined whole: the other accounts of a person come along', async () => {
    const { db, personOf, verify } = await openScene(database());
    const named = await verify('named', { nationalId: 'N1' });
    const [a, b] = [await verify('a', childOf(MOTHER, 'an')), await verify('b', childOf(MOTHER, 'an'))];
    const joined = await verify('a', { nationalId: 'N1' });
    expect(joined.personId).toBe(named.personId);
    expect(await personOf(b.playerId)).toBe(named.personId);
    const moved = (await new SqlPendingMerges(db).list()).filter(({ personId }) => personId === named.personId);
    expect(moved.map(({ playerId }) => playerId).sort()).toEqual([a.playerId, b.playerId].sort());
    expect((await verify('c', childOf(MOTHER, 'an'))).personId).toBe(named.personId);
  });

  it('keep the national id whichever way they are joined', async () => {
    const { personOf, verify } = await openScene(database());
    const child = await verify('a', childOf(MOTHER, 'an'));
    const named = await verify('b', { nationalId: 'N1' });
    const joined = await verify('b', childOf(MOTHER, 'an'));
    expect(joined).toMatchObject({ personId: named.personId, previousPersonId: null, isMergePending: true });
    expect(await personOf(child.playerId)).toBe(named.personId);
    expect((await verify('c', { nationalId: 'N1' })).personId).toBe(named.personId);
  });

  it('with two national ids are two, whatever a weaker mark says', async () => {
    const { verify } = await openScene(database());
    const one = await verify('one', { nationalId: 'N1', ...childOf(MOTHER, 'an') });
    const two = await verify('two', { nationalId: 'N2', ...childOf(MOTHER, 'an') });
    expect(two.personId).not.toBe(one.personId);
    expect((await verify('two', childOf(MOTHER, 'an'))).personId).toBe(two.personId);
    expect((await verify('three', childOf(MOTHER, 'an'))).personId).toBe(one.personId);
  });

  it('are one by the subject of an identity source, per issuer and world', async () => {
    const { verify, world } = await openScene(database());
    const first = await verify('a', signedIn('sub-1'));
    expect((await verify('b', signedIn('sub-1'))).personId).toBe(first.personId);
    const others = [
      await verify('c', signedIn('sub-2')),
      await verify('d', signedIn('sub-1', 'https://other.example')),
      await verify('e', signedIn('sub-1'), { ...world, mode: 'live' }),
      await verify('f'),
      await verify('g'),
    ];
    expect(new Set([first, ...others].map(({ personId }) => personId)).size).toBe(6);
  });

  it('are not told apart by a credential of which a holder has many', async () => {
    const { verify } = await openScene(database());
    const keyed = (id: string) => signedIn(id, 'key', false);
    const first = await verify('a', keyed('k1'));
    expect((await verify('a', keyed('k2'))).personId).toBe(first.personId);
    expect((await verify('b', keyed('k2'))).personId).toBe(first.personId);
  });

  it('joined in a row bring the play of the person each account came from', async () => {
    const { db, verify } = await openScene(database());
    const first = await verify('a');
    const second = await verify('b', signedIn('sub-1'));
    const third = await verify('c', childOf(MOTHER, 'an'));
    const { personId } = await verify('a', { ...signedIn('sub-1'), ...childOf(MOTHER, 'an') });
    const merges = (await new SqlPendingMerges(db).list()).filter((merge) => merge.personId === personId);
    expect(personId).toBe(third.personId);
    expect(merges.map(({ playerId, previousPersonId }) => [playerId, previousPersonId]).sort()).toEqual(
      [first, second].map(({ playerId, personId: before }) => [playerId, before]).sort(),
    );
  });

  it('moved twice in one step bring the play of the person they came from', async () => {
    const { db, verify } = await openScene(database(), { countsHumans: true });
    const first = await verify('a');
    const second = await verify('b', childOf(MOTHER, 'an'));
    const joined = await verify('a', { nationalId: 'N1', ...childOf(MOTHER, 'an') });
    const merges = (await new SqlPendingMerges(db).list()).filter(({ personId }) => personId === joined.personId);
    expect(merges.map(({ playerId, previousPersonId }) => [playerId, previousPersonId]).sort()).toEqual(
      [
        [first.playerId, first.personId],
        [second.playerId, second.personId],
      ].sort(),
    );
  });

  it('come out the same when verifications run at once', async () => {
    const { personOf, verify } = await openScene(database());
    const marks = [childOf(MOTHER, 'an'), signedIn('sub-1'), { ...childOf(MOTHER, 'an'), ...signedIn('sub-1') }];
    const receipts = await Promise.all(marks.map((mark, index) => verify(`ref ${index}`, mark)));
    const persons = await Promise.all(receipts.map(({ playerId }) => personOf(playerId)));
    expect(new Set(persons).size).toBe(1);
  });

  it('have one guardian, who registered last; the link of the other opens nothing', async () => {
    const { guardians, players, verify, world } = await openScene(database());
    const a = await verify('a', { ...childOf(MOTHER), ...signedIn('sub-1') });
    const b = await verify('b', { ...childOf(FATHER), ...signedIn('sub-2', 'https://other.example') });
    const [ofMother, ofFather] = [
      await guardians.addLink(world, a, NOW + 1000, NOW),
      await guardians.addLink(world, b, NOW + 1000, NOW),
    ];
    await verify('b', signedIn('sub-1'));
    const child = (await players.findProfile(world, a.playerId, NOW))!;
    expect(await guardians.findGuardianship(child)).toMatchObject({ guardianId: ofFather!.guardianId });
    expect(await guardians.findLinkGuardian(world, ofMother!.linkId, a.playerId)).toBeNull();
    expect(await guardians.findLinkGuardian(world, ofFather!.linkId, b.playerId)).toBe(ofFather!.guardianId);
    await guardians.revoke(child, NOW);
    expect(await guardians.findGuardianship(child)).toBeNull();
    expect((await players.findProfile(world, b.playerId, NOW))?.facts.hasGuardian).toBe(false);
  });

  it('keep the stricter of the rules of both, and the version counts on', async () => {
    const { guardians, players, verify, world } = await openScene(database());
    const [a, b] = [await verify('a', signedIn('sub-1')), await verify('b')];
    const setRules = (child: typeof a, gameLimitMs: number | null, dayLimitMs: number | null) => {
      const rules = { ...NO_RULES, gameLimitMs, dayLimitMs };
      return guardians.setRules(child, { rules, author: 'guardian', guardianId: null, ifVersion: null }, NOW);
    };
    await setRules(a, 10, null);
    await setRules(a, 20, null);
    await setRules(b, 30, 40);
    await verify('b', signedIn('sub-1'));
    for (const { playerId } of [a, b]) {
      const profile = (await players.findProfile(world, playerId, NOW))!;
      expect(profile.guardianRules).toEqual({ ...NO_RULES, gameLimitMs: 20, dayLimitMs: 40 });
      const [newest] = await guardians.listRevisions(profile);
      expect(newest).toMatchObject({ version: 3, author: 'provider' });
    }
  });

  it('are told of in an export, and recognised no more after erasure', async () => {
    const { db, players, vault, verify, world } = await openScene(database());
    const { personId, playerId } = await verify('a', { ...childOf(MOTHER, 'an'), ...signedIn('sub-1') });
    const read = () => new SqlPlayerRecords(db, vault).read({ world, playerId, cursor: null, now: NOW });
    expect(await read()).toMatchObject({ nationalIdHeld: false, subjectHeld: true, childRefHeld: true });
    const text = JSON.stringify(await db.selectFrom('person_marks').selectAll().execute());
    for (const needle of ['sub-1', 'id.example', '"an"', MOTHER]) expect(text).not.toContain(needle);
    await players.erase(world, playerId, NOW);
    expect(await read()).toMatchObject({ subjectHeld: false, childRefHeld: false });
    const anew = await verify('a', { ...childOf(MOTHER, 'an'), ...signedIn('sub-1') });
    expect(anew.personId).not.toBe(personId);
  });
});
