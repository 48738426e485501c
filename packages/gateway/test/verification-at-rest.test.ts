import { expect, it } from 'vitest';
import { IdentityVault } from '../src/store/sql/identity-vault.ts';
import { SqlAgents } from '../src/store/sql/sql-agents.ts';
import { SqlIdempotencyStore } from '../src/store/sql/sql-idempotency-store.ts';
import { SqlKeys } from '../src/store/sql/sql-keys.ts';
import { SqlProviders } from '../src/store/sql/sql-providers.ts';
import { SqlSigningKeys } from '../src/store/sql/sql-signing-keys.ts';
import { describeOnDatabases } from './support/databases.ts';
import { dumpDatabase } from './support/dump-database.ts';
import { testSecrets } from './support/secrets.ts';
import { openVerification } from './support/verification.ts';

const NOW = Date.UTC(2026, 2, 1, 3);
const PLAYERS = 12;

describeOnDatabases('personal data and secrets at rest', (database) => {
  it('stand nowhere in clear', async () => {
    const { db } = database();
    const secrets = testSecrets();
    const { providerId } = await new SqlProviders(db).create('Rest', NOW);
    const world = { providerId, mode: 'live' } as const;
    const { service } = await openVerification(database());
    const needles: string[] = [];
    for (let index = 0; index < PLAYERS; index++) {
      const request = {
        playerRef: `ref-of-child-${index}@mail.example`,
        method: 'attested',
        birthDate: `201${index % 6}-0${1 + (index % 9)}-1${index % 9}`,
        phone: `+8490123450${index % 10}`,
        phoneVerified: true,
        nationalId: `07909900000${index}`,
        guardian: {
          relationship: 'parent',
          phone: `+8497765432${index % 10}`,
          consentedAt: '2026-02-03T04:05:06.000Z',
        },
      } as const;
      const result = await service.verifyAge(world, request, NOW);
      needles.push(request.playerRef, request.birthDate, request.phone, request.nationalId, request.guardian.phone);
      needles.push(request.guardian.consentedAt, result.ageToken!);
    }
    const key = (await new SqlKeys(db).issueProviderKey(providerId, 'secret', 'live', NOW))!;
    const agent = { name: 'Net', licenceNo: 'L', province: 'HN', hours: { opensAt: '08:00', closesAt: '22:00' } };
    const issued = await new SqlAgents(db).create(agent, NOW);
    const station = (await new SqlAgents(db).createStation(issued.agentId, 'Máy 1', NOW))!;
    const scope = { keyId: key.keyId, key: 'idempotency-key-chosen-by-client' };
    const idempotency = new SqlIdempotencyStore(db, secrets);
    await idempotency.begin(scope, 'digest-of-the-body', NOW);
    await idempotency.finish(scope, { status: 201, headers: {}, body: `{"key":"${key.key}"}` });
    needles.push(key.key, issued.key, station.stationToken, scope.key, 'digest-of-the-body');
    for (const { privateJwk } of await new SqlSigningKeys(db, secrets).list(NOW)) {
      needles.push((privateJwk as { d: string }).d);
    }
    const dump = await dumpDatabase(database());
    expect(dump.split('\n').filter((line) => line.startsWith('verifications '))).toHaveLength(PLAYERS);
    expect(needles.filter((needle) => dump.includes(needle))).toEqual([]);
    expect(needles.filter((needle) => dump.includes(Buffer.from(needle).toString('base64url')))).toEqual([]);
  });

  it('would be found: the scan sees a text that is stored in clear, also inside bytes', async () => {
    const { db } = database();
    const { providerId } = await new SqlProviders(db).create('seen in a column', NOW);
    const bytes = new Uint8Array(Buffer.from('seen in bytes'));
    await db
      .insertInto('idempotency_keys')
      .values({ scope_key_id: providerId, key_hash: '', body_hash: '', response: bytes, started_at: 0 })
      .execute();
    const dump = await dumpDatabase(database());
    expect(dump).toContain('seen in a column');
    expect(dump).toContain('seen in bytes');
  });

  it('cannot be moved to another player', async () => {
    const vault = new IdentityVault(testSecrets());
    const blob = vault.seal({ birthDate: '2010-01-01', phone: null }, 'ply_a');
    expect(vault.open(blob, 'ply_a').birthDate).toBe('2010-01-01');
    expect(() => vault.open(blob, 'ply_b')).toThrow();
  });
});
