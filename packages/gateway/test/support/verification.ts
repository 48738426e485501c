import { IdentityVault } from '../../src/store/sql/identity-vault.ts';
import type { Database } from '../../src/store/sql/open-database.ts';
import { SqlPendingVerifications } from '../../src/store/sql/sql-pending-verifications.ts';
import { SqlPlayerRegister } from '../../src/store/sql/sql-player-register.ts';
import { SqlPlayers } from '../../src/store/sql/sql-players.ts';
import { JoseAgeTokens } from '../../src/tokens/jose-age-tokens.ts';
import { generateSigningKey } from '../../src/tokens/signing-key.ts';
import { AttestedVerifier } from '../../src/verification/identity/attested/attested-verifier.ts';
import { VerificationService } from '../../src/verification/verification-service.ts';
import { vietnamAt } from './policies.ts';
import { testSecrets } from './secrets.ts';

/** The verification service as the gateway wires it, under the Vietnamese pack. */
export async function openVerification({ db }: Database) {
  const vault = new IdentityVault(testSecrets());
  const players = new SqlPlayers({ db, vault, defaultPolicyAt: vietnamAt });
  const ageTokens = await JoseAgeTokens.create({ issuer: 'https://gate.example', keys: [await generateSigningKey()] });
  const service = new VerificationService({
    verifiers: [new AttestedVerifier()],
    register: new SqlPlayerRegister(db, vault),
    players,
    ageTokens,
    defaultPolicyAt: vietnamAt,
    pending: new SqlPendingVerifications(db, testSecrets()),
    nowOf: () => {
      throw new Error('no callback is expected');
    },
    onFailure: () => undefined,
  });
  return { service, players, ageTokens };
}
