// Hosts the methods of verification: picks one, judges its claim by the policy in force, keeps it, hands out the
// age token. Methods translate, the register remembers, only this file decides.
import type { Instant, Policy } from '@playgate/policy';
import type { Players } from '../directory/directory.ts';
import type { AgeTokens } from '../directory/tokens.ts';
import type { World } from '../directory/world.ts';
import type { AgeVerifier, VerificationRequest } from './age-verifier.ts';
import { assessIdentity } from './assess-identity.ts';
import type { PlayerRegister, VerificationSummary } from './player-register.ts';

/** Long, because a token only states the age: each start asks the directory how the player stands today. */
export const AGE_TOKEN_TTL_MS = 30 * 86_400_000;

export interface VerificationResult extends VerificationSummary {
  /** Null after a rejection or erasure. It states the age only: a start still asks for phone and guardian. */
  readonly ageToken: string | null;
  readonly ageTokenExpiresAt: Instant | null;
}

export interface VerificationPorts {
  readonly verifiers: readonly AgeVerifier[];
  readonly register: PlayerRegister;
  readonly players: Pick<Players, 'findProfile'>;
  readonly ageTokens: Pick<AgeTokens, 'issue'>;
  /** The deployment's default policy as in force at an instant. */
  readonly defaultPolicyAt: (now: Instant) => Policy;
}

export class VerificationService {
  readonly #ports: VerificationPorts;

  constructor(ports: VerificationPorts) {
    this.#ports = ports;
  }

  /** Throws a TypeError for a method that is not installed. */
  async verifyAge(world: World, request: VerificationRequest, now: Instant): Promise<VerificationResult> {
    const verifier = this.#ports.verifiers.find(({ method }) => method === request.method);
    if (verifier === undefined) throw new TypeError(`verification method not installed: ${request.method}`);
    const claim = await verifier.verify(world, request, now);
    const assessment = assessIdentity(claim, this.#ports.defaultPolicyAt(now).document, now);
    const entry = { playerRef: request.playerRef, method: request.method, claim, ...assessment };
    const { verificationId, playerId } = await this.#ports.register.record(world, entry, now);
    const summary = { verificationId, playerId, ...assessment, assurance: claim.assurance };
    return { ...summary, ...(await this.#issueToken(world, summary, now)) };
  }

  /**
   * The outcome again, with a fresh age token of what is known now; null: unknown in this world. The band is the
   * present one where the player is still known, else that of the verification.
   */
  async findVerification(world: World, verificationId: string, now: Instant): Promise<VerificationResult | null> {
    const summary = await this.#ports.register.findVerification(world, verificationId);
    if (summary === null) return null;
    return { ...summary, ...(await this.#issueToken(world, summary, now)) };
  }

  async #issueToken(world: World, summary: VerificationSummary, now: Instant): Promise<IssuedToken> {
    const { outcome, playerId, ageBand, assurance } = summary;
    const profile = outcome === 'rejected' ? null : await this.#ports.players.findProfile(world, playerId, now);
    if (profile === null || profile.facts.ageBand === null) return { ageBand, ageToken: null, ageTokenExpiresAt: null };
    const latestAt = Math.min(now + AGE_TOKEN_TTL_MS, profile.bandChangesAt ?? Number.POSITIVE_INFINITY);
    const claims = { playerId, ageBand: profile.facts.ageBand, assurance, expiresAt: floorToSecond(latestAt) };
    return {
      ageBand: claims.ageBand,
      ageToken: await this.#ports.ageTokens.issue(world, claims, now),
      ageTokenExpiresAt: claims.expiresAt,
    };
  }
}

type IssuedToken = Pick<VerificationResult, 'ageBand' | 'ageToken' | 'ageTokenExpiresAt'>;

/** A JWT's expiry has whole seconds; the one that is told must be the one that holds. */
function floorToSecond(at: Instant): Instant {
  return Math.floor(at / 1000) * 1000;
}
