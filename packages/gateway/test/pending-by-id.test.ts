// Verifications whose answer the provider's server brings are taken by their id: once, in their world, by their method.
import { expect, it } from 'vitest';
import { newId } from '../src/directory/new-id.ts';
import type { World } from '../src/directory/world.ts';
import { IdentityVault } from '../src/store/sql/identity-vault.ts';
import { SqlPendingVerifications } from '../src/store/sql/sql-pending-verifications.ts';
import { SqlPlayerRegister } from '../src/store/sql/sql-player-register.ts';
import { SqlProviders } from '../src/store/sql/sql-providers.ts';
import { describeOnDatabases } from './support/databases.ts';
import { testSecrets } from './support/secrets.ts';

const NOW = Date.UTC(2026, 2, 1, 3);
const EXPIRES_AT = NOW + 600_000;

describeOnDatabases('a pending verification by its id', (database) => {
  const open = () => new SqlPendingVerifications(database().db, testSecrets());
  const begin = async (handle: string) => {
    const { db } = database();
    const world: World = { providerId: (await new SqlProviders(db).create('p', NOW)).providerId, mode: 'test' };
    const playerId = await new SqlPlayerRegister(db, new IdentityVault(testSecrets())).admit(world, handle, NOW);
    const verificationId = newId('verification');
    const content = { playerRef: handle, returnUrl: null, secret: 'nonce' };
    const start = { verificationId, playerId, method: 'wallet', handle, content, expiresAt: EXPIRES_AT };
    await open().add(world, { ...start, standingUntilAt: null }, NOW);
    return { world, verificationId, content };
  };

  it('is taken by one of many callers, with what was kept for it', async () => {
    const { world, verificationId, content } = await begin('one of many');
    const take = () => open().takeOf(world, 'wallet', verificationId, NOW);
    const taken = (await Promise.all([take(), take(), take(), take()])).filter((each) => each !== null);
    expect(taken).toEqual([expect.objectContaining({ verificationId, world, content, isExpired: false })]);
    expect(await open().take('wallet', 'one of many', NOW)).toBeNull();
  });

  it('is nothing to another world or another method', async () => {
    const { world, verificationId } = await begin('apart');
    const { world: neighbour } = await begin('neighbour');
    expect(await open().takeOf(neighbour, 'wallet', verificationId, NOW)).toBeNull();
    expect(await open().takeOf({ ...world, mode: 'live' }, 'wallet', verificationId, NOW)).toBeNull();
    expect(await open().takeOf(world, 'oidc', verificationId, NOW)).toBeNull();
    expect(await open().takeOf(world, 'wallet', verificationId, NOW)).not.toBeNull();
  });

  it('tells when it is too late', async () => {
    const { world, verificationId } = await begin('late');
    expect(await open().takeOf(world, 'wallet', verificationId, EXPIRES_AT)).toMatchObject({ isExpired: true });
  });

  it('is not taken when it came to nothing', async () => {
    const { world, verificationId } = await begin('failed');
    await open().fail({ verificationId, reason: 'declined', standingUntilAt: null });
    expect(await open().takeOf(world, 'wallet', verificationId, NOW)).toBeNull();
  });
});
