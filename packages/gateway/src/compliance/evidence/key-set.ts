import type { OperationOf, ReplyBody } from '@playgate/contract';
import { formatInstant } from '@playgate/policy';
import { publicKeyOf } from './ed25519.ts';
import type { EvidenceKey } from './evidence-keys.ts';
import { formatVerifierKey } from './signed-note.ts';

export type EvidenceKeySet = ReplyBody<OperationOf<'getEvidenceKeys'>>;

/** The public half of the keys of a log, as everybody may read it. */
export function keySetOf(origin: string, keys: readonly EvidenceKey[]): EvidenceKeySet {
  return {
    origin,
    keys: keys.map(({ endorsement, keyId, publicJwk, signsFromAt, signsUntilAt }) => ({
      kty: publicJwk.kty,
      crv: publicJwk.crv,
      x: publicJwk.x,
      kid: keyId,
      alg: 'EdDSA',
      use: 'sig',
      verifierKey: formatVerifierKey({ keyName: origin, publicKey: publicKeyOf({ ...publicJwk }) }),
      signsFromAt: formatInstant(signsFromAt),
      signsUntilAt: signsUntilAt === null ? null : formatInstant(signsUntilAt),
      endorsement,
    })),
  };
}
