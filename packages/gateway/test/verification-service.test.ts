import { expect, it } from 'vitest';
import type { World } from '../src/directory/world.ts';
import { SqlProviders } from '../src/store/sql/sql-providers.ts';
import type { AttestedRequest } from '../src/verification/age-verifier.ts';
import { AGE_TOKEN_TTL_MS } from '../src/verification/verification-service.ts';
import { describeOnDatabases } from './support/databases.ts';
import { openVerification } from './support/verification.ts';

const NOW = Date.UTC(2026, 2, 1, 3);
const GUARDIAN = { relationship: 'parent', phone: '+84907654321', consentedAt: '2026-03-01T03:00:00.000Z' } as const;

function requestOf(birthDate: string, more: Partial<AttestedRequest> = {}): AttestedRequest {
  return { playerRef: 'ref', method: 'attested', birthDate, phone: '+84901234567', phoneVerified: true, ...more };
}

describeOnDatabases('verification service', (database) => {
  const newWorld = async (): Promise<World> => ({
    providerId: (await new SqlProviders(database().db).create('p', NOW)).providerId,
    mode: 'test',
  });

  it('verifies and hands out a token of the band, the player and the provider', async () => {
    const { service, ageTokens } = await openVerification(database());
    const world = await newWorld();
    const result = await service.verifyAge(world, requestOf('2009-01-15'), NOW);
    expect(result).toMatchObject({ outcome: 'verified', reason: null, ageBand: '16_17', assurance: 'attested' });
    expect(result.ageTokenExpiresAt).toBe(NOW + AGE_TOKEN_TTL_MS);
    expect(await ageTokens.verify(world, result.ageToken!, NOW)).toEqual({
      playerId: result.playerId,
      ageBand: '16_17',
      assurance: 'attested',
      expiresAt: NOW + AGE_TOKEN_TTL_MS,
    });
  });

  it('lets no token outlive its band', async () => {
    const { service, ageTokens } = await openVerification(database());
    const world = await newWorld();
    const birthdayAt = Date.UTC(2026, 2, 1, 17);
    const { ageToken, ageTokenExpiresAt } = await service.verifyAge(world, requestOf('2010-03-02'), NOW);
    expect(ageTokenExpiresAt).toBe(birthdayAt);
    expect(await ageTokens.verify(world, ageToken!, birthdayAt - 1)).not.toBeNull();
    expect(await ageTokens.verify(world, ageToken!, birthdayAt)).toBeNull();
  });

  it('issues a token of the age also where phone or guardian is missing', async () => {
    const { service } = await openVerification(database());
    const world = await newWorld();
    const child = await service.verifyAge(world, requestOf('2014-01-01'), NOW);
    expect(child).toMatchObject({ outcome: 'guardian_required', reason: 'guardian_missing', ageBand: '12_15' });
    expect(child.ageToken).not.toBeNull();
    const noPhone = await service.verifyAge(
      world,
      requestOf('1990-01-01', { playerRef: 'other', phoneVerified: false }),
      NOW,
    );
    expect(noPhone).toMatchObject({ outcome: 'phone_required', reason: 'phone_not_verified', assurance: 'declared' });
    expect(noPhone.ageToken).not.toBeNull();
    // What is told is what the directory says afterwards.
    for (const told of [child, noPhone]) {
      expect(await service.findVerification(world, told.verificationId, NOW)).toEqual(told);
    }
    const withGuardian = await service.verifyAge(world, requestOf('2014-01-01', { guardian: GUARDIAN }), NOW);
    expect(withGuardian).toMatchObject({ outcome: 'verified', playerId: child.playerId });
  });

  it('rejects an impossible birth date without band or token', async () => {
    const { service } = await openVerification(database());
    const world = await newWorld();
    for (const [birthDate, reason] of [
      ['2026-03-02', 'birth_date_in_the_future'],
      ['1890-01-01', 'birth_date_too_long_ago'],
      ['2010-02-30', 'birth_date_not_a_date'],
    ] as const) {
      const result = await service.verifyAge(world, requestOf(birthDate), NOW);
      expect(result).toMatchObject({
        outcome: 'rejected',
        reason,
        ageBand: null,
        ageToken: null,
        ageTokenExpiresAt: null,
      });
      expect(await service.findVerification(world, result.verificationId, NOW)).toEqual(result);
    }
  });

  it('tells an old outcome with a fresh token of what is known now', async () => {
    const { service, players, ageTokens } = await openVerification(database());
    const world = await newWorld();
    const first = await service.verifyAge(world, requestOf('2010-06-01', { guardian: GUARDIAN }), NOW);
    const laterAt = Date.UTC(2026, 6, 1);
    const again = await service.findVerification(world, first.verificationId, laterAt);
    expect(again).toMatchObject({ outcome: 'verified', ageBand: '16_17', playerId: first.playerId });
    expect(await ageTokens.verify(world, again!.ageToken!, laterAt)).toMatchObject({ ageBand: '16_17' });
    await players.erase(world, first.playerId, laterAt);
    expect(await service.findVerification(world, first.verificationId, laterAt)).toMatchObject({
      outcome: 'verified',
      ageBand: '12_15',
      ageToken: null,
    });
    expect(await service.findVerification(await newWorld(), first.verificationId, NOW)).toBeNull();
  });

  it('takes different spellings of a national id for one', async () => {
    const { service, players } = await openVerification(database());
    const world = await newWorld();
    const verify = (playerRef: string, nationalId: string) =>
      service.verifyAge(world, requestOf('1990-01-01', { playerRef, nationalId }), NOW);
    const personOf = async ({ playerId }: { playerId: string }) =>
      (await players.findProfile(world, playerId, NOW))?.personId;
    const person = await personOf(await verify('a', 'b 079-099.000001'));
    expect(await personOf(await verify('b', 'B079099000001'))).toBe(person);
    expect(await personOf(await verify('c', 'B079099000002'))).not.toBe(person);
    expect(await personOf(await verify('d', ' - '))).not.toBe(await personOf(await verify('e', ' - ')));
  });
});
