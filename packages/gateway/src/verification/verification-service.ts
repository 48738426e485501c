// Hosts the methods of verification: runs them within a time limit, keeps what waits for its player, judges claims by the
// policy in force, hands out age tokens. Methods translate, the register remembers, only this file decides.
import type { AgeBand, Instant, Policy } from '@playgate/policy';
import type { Assurance, Players } from '../directory/directory.ts';
import { newId } from '../directory/new-id.ts';
import { randomText } from '../directory/random-text.ts';
import type { AgeTokens } from '../directory/tokens.ts';
import type { World } from '../directory/world.ts';
import { assertConsentGiven } from '../guardians/consent-instant.ts';
import type {
  AgeVerifier,
  CallbackParameters,
  InteractiveVerifier,
  PresentationRequest,
  VerificationRequest,
  VerifierContext,
  VerifierFailure,
} from './age-verifier.ts';
import { VerifierError } from './age-verifier.ts';
import { assessIdentity, type Outcome, type OutcomeReason } from './assess-identity.ts';
import { addClaim } from './combine-sources.ts';
import type { IdentityClaim } from './identity-claim.ts';
import type { PendingVerifications, TakenVerification } from './pending-verifications.ts';
import type { PlayerRegister, VerificationEntry, VerificationSummary } from './player-register.ts';
import { listRemainingMethods } from './remaining-methods.ts';
import { runVerifier } from './run-verifier.ts';

/** Long, because a token only states the age: each start asks the directory how the player stands today. */
export const AGE_TOKEN_TTL_MS = 30 * 86_400_000;
/** 238 bits in base62; whoever shows it completes the verification. */
const HANDLE_LENGTH = 40;
/**
 * For how long in all an account is let in while a verification waits for it or its source is away, counted from the first
 * time: six attempts of ten minutes, or until the provider should have tried again. A constant and no rule of policies: no
 * act names a figure, it only keeps beginning again from being a way to play.
 */
export const PROVISIONAL_STANDING_MS = 3_600_000;
/** How long a verification that could not begin is told as `failed`, in real time. */
const FAILED_START_TOLD_MS = 600_000;

export const VERIFICATION_STATUSES = ['pending', 'complete', 'failed', 'expired'] as const;
export type VerificationStatus = (typeof VERIFICATION_STATUSES)[number];

export interface VerificationResult {
  readonly verificationId: string;
  readonly playerId: string;
  readonly status: VerificationStatus;
  /** Null unless complete. */
  readonly outcome: Outcome | null;
  readonly reason: OutcomeReason | VerifierFailure | null;
  readonly ageBand: AgeBand | null;
  /** Null unless complete. Of the source whose age holds, or of what was claimed where none holds (any more). */
  readonly assurance: Assurance | null;
  /** Null where no age is known, after a rejection or erasure. It states the age only: a start still asks for phone and guardian. */
  readonly ageToken: string | null;
  readonly ageTokenExpiresAt: Instant | null;
  /** Where the player goes now; only in the answer that begins a verification. */
  readonly redirectUrl: string | null;
  /** What a wallet is asked for; only in the answer that begins a verification. */
  readonly request: PresentationRequest | null;
  /** Of a pending one, in real time. */
  readonly expiresAt: Instant | null;
  /** Other methods that the policy accepts and that have not said as much, best first, where this one came to nothing or is not enough. */
  readonly nextMethods: readonly string[];
}

/** Where a player is sent back to after a callback; a null URL: nowhere. */
export interface CompletedCallback {
  readonly verificationId: string;
  readonly returnUrl: string | null;
}

export interface VerificationPorts {
  readonly verifiers: readonly AgeVerifier[];
  readonly register: PlayerRegister;
  readonly pending: PendingVerifications;
  readonly players: Pick<Players, 'findProfile'>;
  readonly ageTokens: Pick<AgeTokens, 'issue'>;
  /** The deployment's default policy as in force at an instant. */
  readonly defaultPolicyAt: (now: Instant) => Policy;
  readonly nowOf: (world: World) => Instant;
  /** Of every claim a method could not give; `cause` may be logged. */
  readonly onFailure: (method: string, error: VerifierError) => void;
}

/** A request and the instants it is judged by. */
interface Asked {
  readonly world: World;
  readonly now: Instant;
  readonly realNow: Instant;
}

export class VerificationService {
  readonly #ports: VerificationPorts;

  constructor(ports: VerificationPorts) {
    this.#ports = ports;
  }

  /**
   * Verifies at once, or begins. Throws a VerifierError: `request_refused` (also for a method that is
   * not set up), and `source_unavailable` where the policy lets nobody in meanwhile. Throws a Fault `invalid_request` for
   * a guardian's consent still to come.
   */
  async verifyAge(
    world: World,
    request: VerificationRequest,
    now: Instant,
    realNow: Instant = now,
  ): Promise<VerificationResult> {
    const verifier = this.#ports.verifiers.find(({ method }) => method === request.method);
    if (verifier === undefined) throw new VerifierError('request_refused', 'the method is not set up');
    const consentedAt = request.method === 'attested' ? request.guardian?.consentedAt : undefined;
    if (consentedAt !== undefined)
      assertConsentGiven(Date.parse(consentedAt), { mode: world.mode, now }, 'body.guardian.consentedAt');
    const asked = { world, now, realNow };
    try {
      if (verifier.kind === 'interactive') return await this.#begin(verifier, request, asked);
      const claim = await this.#run(asked, (context) => verifier.verify(request, context));
      return await this.#record({ ...request, claim }, asked);
    } catch (error) {
      if (error instanceof VerifierError) return this.#failToStart(request, asked, error);
      throw error;
    }
  }

  /**
   * What a callback brings for a verification. Null: there is none with this handle, or it was brought before. A
   * method's failure is kept as the verification's and is no error here. Nothing in the parameters is trusted.
   */
  async completeVerification(
    callback: { readonly method: string; readonly handle: string; readonly parameters: CallbackParameters },
    realNow: Instant,
  ): Promise<CompletedCallback | null> {
    const { pending } = this.#ports;
    const verifier = this.#ports.verifiers.find(({ method }) => method === callback.method);
    if (verifier?.kind !== 'interactive') return null;
    const taken = await pending.take(callback.method, callback.handle, realNow);
    if (taken === null) return null;
    return this.#complete(verifier, taken, callback.parameters, realNow);
  }

  /**
   * The same for an answer that the provider's server brings by the id of the verification, and how it stands then.
   * Null: unknown in this world. `isTaken` false: it was over before.
   */
  async completePresentation(
    world: World,
    presented: { readonly verificationId: string; readonly method: string; readonly parameters: CallbackParameters },
    now: Instant,
    realNow: Instant,
  ): Promise<{ readonly isTaken: boolean; readonly result: VerificationResult } | null> {
    const { parameters, verificationId } = presented;
    const verifier = this.#ports.verifiers.find(({ method }) => method === presented.method);
    if (verifier?.kind !== 'interactive') return null;
    const taken = await this.#ports.pending.takeOf(world, verifier.method, verificationId, realNow);
    if (taken !== null) await this.#complete(verifier, taken, parameters, realNow);
    const result = await this.findVerification(world, verificationId, now, realNow);
    return result && { isTaken: taken !== null, result };
  }

  async #complete(
    verifier: InteractiveVerifier,
    taken: TakenVerification,
    parameters: CallbackParameters,
    realNow: Instant,
  ): Promise<CompletedCallback> {
    const { pending, nowOf } = this.#ports;
    const { method } = verifier;
    const { verificationId, playerId, world, content } = taken;
    const { playerRef, returnUrl, secret } = content;
    if (taken.isExpired) return { verificationId, returnUrl };
    const asked = { world, now: nowOf(world), realNow };
    try {
      const claim = await this.#run(asked, (context) => verifier.complete(secret, parameters, context));
      await this.#record({ verificationId, playerRef, method, claim }, asked);
      await pending.finish(verificationId);
    } catch (error) {
      if (!(error instanceof VerifierError)) throw error;
      this.#ports.onFailure(method, error);
      const isLetIn = this.#letsInAfter(error.code, asked.now);
      const standingUntilAt = isLetIn ? await this.#beginStanding(playerId, PROVISIONAL_STANDING_MS, asked.now) : null;
      await pending.fail({ verificationId, reason: error.code, standingUntilAt });
    }
    return { verificationId, returnUrl };
  }

  /**
   * How a verification stands, with a fresh age token of what is known now; null: unknown in this world. The band is the
   * present one where the player is still known, else that of the verification.
   */
  async findVerification(
    world: World,
    verificationId: string,
    now: Instant,
    realNow: Instant = now,
  ): Promise<VerificationResult | null> {
    const summary = await this.#ports.register.findVerification(world, verificationId);
    if (summary !== null) return this.#tellComplete(world, verificationId, summary, now);
    const waiting = await this.#ports.pending.find(world, verificationId, realNow);
    if (waiting === null) return null;
    const { method, playerId, status, reason, expiresAt } = waiting;
    const { methods, ...token } = await this.#issueToken(world, { ...WITHOUT_CLAIM, playerId }, now);
    const base = { ...OVER, ...WITHOUT_CLAIM, verificationId, playerId, status, reason, ...token, assurance: null };
    return status === 'pending'
      ? { ...base, expiresAt }
      : { ...base, nextMethods: this.#listRest(method, methods, now) };
  }

  async #begin(verifier: InteractiveVerifier, request: VerificationRequest, asked: Asked): Promise<VerificationResult> {
    const { pending, register, defaultPolicyAt } = this.#ports;
    const { world, now, realNow } = asked;
    const handle = randomText(HANDLE_LENGTH);
    const begun = await this.#run(asked, (context) => verifier.begin(request, handle, context));
    const verificationId = newId('verification');
    const playerId = await register.admit(world, request.playerRef, now);
    const expiresAt = realNow + verifier.pendingMsMax;
    const isLetIn = defaultPolicyAt(now).document.identity.onPending === 'play';
    const standingUntilAt = isLetIn ? await this.#beginStanding(playerId, verifier.pendingMsMax, now) : null;
    const { redirectUrl, returnUrl, secret } = begun;
    const content = { playerRef: request.playerRef, returnUrl, secret };
    const start = { verificationId, playerId, method: verifier.method, handle, content, expiresAt, standingUntilAt };
    await pending.add(world, start, now);
    const { methods: _methods, ...token } = await this.#issueToken(world, { ...WITHOUT_CLAIM, playerId }, now);
    const base = { ...OVER, ...WITHOUT_CLAIM, verificationId, playerId, ...token, assurance: null };
    return { ...base, status: 'pending', redirectUrl, request: begun.presentationRequest ?? null, expiresAt };
  }

  async #failToStart(
    { method, playerRef }: VerificationRequest,
    { world, now, realNow }: Asked,
    error: VerifierError,
  ): Promise<VerificationResult> {
    if (error.code === 'request_refused') throw error;
    this.#ports.onFailure(method, error);
    const isLetIn = this.#letsInAfter(error.code, now);
    if (error.code === 'source_unavailable' && !isLetIn) throw error;
    const verificationId = newId('verification');
    const playerId = await this.#ports.register.admit(world, playerRef, now);
    const standingUntilAt = isLetIn ? await this.#beginStanding(playerId, PROVISIONAL_STANDING_MS, now) : null;
    const expiresAt = realNow + FAILED_START_TOLD_MS;
    const failed = { verificationId, playerId, method, reason: error.code, expiresAt, standingUntilAt };
    await this.#ports.pending.addFailed(world, failed, now);
    const { methods, ...token } = await this.#issueToken(world, { ...WITHOUT_CLAIM, playerId }, now);
    const nextMethods = this.#listRest(method, methods, now);
    const base = { ...OVER, ...WITHOUT_CLAIM, verificationId, playerId, ...token, assurance: null };
    return { ...base, status: 'failed', reason: error.code, nextMethods };
  }

  async #record({ claim, method, ...entry }: ClaimEntry, { world, now }: Asked): Promise<VerificationResult> {
    const { document } = this.#ports.defaultPolicyAt(now);
    const judge: VerificationEntry['judge'] = (known, isGuarded) => {
      const alone = assessIdentity({ ...claim, isGuarded }, document, now);
      if (alone.outcome === 'rejected') return { ...alone, identity: null };
      const identity = addClaim(known, method, claim);
      return { ...assessIdentity({ ...identity, isGuarded }, document, now), identity };
    };
    const { verificationId, playerRef } = entry;
    const receipt = await this.#ports.register.record(world, { verificationId, playerRef, method, claim, judge }, now);
    const { playerId, outcome, reason, ageBand } = receipt;
    const summary = { playerId, method, outcome, reason, ageBand, assurance: claim.assurance };
    return this.#tellComplete(world, receipt.verificationId, summary, now);
  }

  async #tellComplete(
    world: World,
    verificationId: string,
    { method, ...summary }: Omit<VerificationSummary, 'verificationId'>,
    now: Instant,
  ): Promise<VerificationResult> {
    const { methods, ...token } = await this.#issueToken(world, summary, now);
    const isEnough = summary.outcome !== 'rejected' && summary.outcome !== 'method_required';
    const nextMethods = isEnough ? [] : this.#listRest(method, methods, now);
    return { ...OVER, verificationId, ...summary, status: 'complete', ...token, nextMethods };
  }

  #run<Result>({ world, now, realNow }: Asked, work: (context: VerifierContext) => Promise<Result>): Promise<Result> {
    return runVerifier((signal) => work({ world, now, realNow, signal }));
  }

  /** Whether a player of unknown age may play although a method failed. */
  #letsInAfter(failure: VerifierFailure, now: Instant): boolean {
    const { onOutage } = this.#ports.defaultPolicyAt(now).document.identity;
    return failure === 'source_unavailable' && onOutage === 'play';
  }

  /** Until when a player of unknown age is let in, at most `msMax` from now; not after now where the account had its time. */
  async #beginStanding(playerId: string, msMax: number, now: Instant): Promise<Instant> {
    const fromAt = await this.#ports.pending.beginStanding(playerId, now);
    return Math.min(now + msMax, fromAt + PROVISIONAL_STANDING_MS);
  }

  #listRest(method: string, agreeing: readonly string[], now: Instant): readonly string[] {
    const installed = this.#ports.verifiers.map((verifier): string => verifier.method);
    return listRemainingMethods(this.#ports.defaultPolicyAt(now).document, { installed, ended: method, agreeing });
  }

  async #issueToken(world: World, about: TokenSubject, now: Instant): Promise<IssuedToken> {
    const { outcome, playerId, ageBand, assurance } = about;
    const profile = await this.#ports.players.findProfile(world, playerId, now);
    const methods = profile?.methods ?? [];
    if (outcome === 'rejected' || profile === null || profile.facts.ageBand === null) {
      return { ageBand, assurance, ageToken: null, ageTokenExpiresAt: null, methods };
    }
    const latestAt = Math.min(now + AGE_TOKEN_TTL_MS, profile.bandChangesAt ?? Number.POSITIVE_INFINITY);
    const claims = {
      playerId,
      ageBand: profile.facts.ageBand,
      assurance: profile.assurance ?? 'declared',
      expiresAt: floorToSecond(latestAt),
    };
    return {
      ageBand: claims.ageBand,
      assurance: claims.assurance,
      ageToken: await this.#ports.ageTokens.issue(world, claims, now),
      ageTokenExpiresAt: claims.expiresAt,
      methods,
    };
  }
}

interface ClaimEntry {
  readonly verificationId?: string;
  readonly playerRef: string;
  readonly method: string;
  readonly claim: IdentityClaim;
}

type TokenSubject = Pick<VerificationResult, 'playerId' | 'outcome' | 'ageBand' | 'assurance'>;
/** The age that holds now, as told and as signed, and the methods that agree with it. */
type IssuedToken = Pick<VerificationResult, 'ageBand' | 'assurance' | 'ageToken' | 'ageTokenExpiresAt'> & {
  readonly methods: readonly string[];
};

const OVER = { redirectUrl: null, request: null, expiresAt: null, nextMethods: [] } as const;
const WITHOUT_CLAIM = { outcome: null, reason: null, ageBand: null, assurance: null } as const;

/** A JWT's expiry has whole seconds; the one that is told must be the one that holds. */
function floorToSecond(at: Instant): Instant {
  return Math.floor(at / 1000) * 1000;
}
