// What providers and guardians do: register a child, revoke, tighten, open a link. It knows ports only; whatever changes what a
// child may play is told to the ledger, so that a running session asks anew with its next beat.
import type { Instant, Policy } from '@playgate/policy';
import type { PlayerProfile, Players } from '../directory/directory.ts';
import type { GuardianTokens } from '../directory/tokens.ts';
import type { World } from '../directory/world.ts';
import { Fault } from '../fault.ts';
import type { SessionStore } from '../sessions/session-store.ts';
import { assertConsentGiven } from './consent-instant.ts';
import type {
  GuardianConsent,
  GuardianRegister,
  Guardianship,
  RulesChange,
  RulesRevision,
} from './guardian-register.ts';

/** Where the page for guardians is served. */
export const GUARDIAN_PAGE_PATH = '/guardian';

export interface GuardianServicePorts {
  readonly register: GuardianRegister;
  readonly players: Pick<Players, 'findProfile'>;
  readonly store: Pick<SessionStore, 'renewSessions'>;
  readonly tokens: Pick<GuardianTokens, 'issue'>;
  readonly defaultPolicyAt: (now: Instant) => Policy;
  /** The page as guardians reach it. */
  readonly pageUrl: string;
}

/** A player of a world, as a call names it. */
export interface PlayerOfWorld {
  readonly world: World;
  readonly playerId: string;
}

/** The rules that hold for a child, what the law allows without them, and how they came about. */
export interface RulesOfChild {
  readonly revision: RulesRevision | null;
  readonly history: readonly RulesRevision[];
  readonly policy: Policy;
}

export interface OpenedLink {
  readonly linkId: string;
  /** The token is in the fragment, which browsers send to nobody. */
  readonly url: string;
  readonly expiresAt: Instant;
}

export class GuardianService {
  readonly #ports: GuardianServicePorts;

  constructor(ports: GuardianServicePorts) {
    this.#ports = ports;
  }

  /** Throws a Fault: `not_found`, `unprocessable` for a player of age, `conflict` for a consent that was revoked, `invalid_request` for one still to come. */
  async register(player: PlayerOfWorld, consent: GuardianConsent, now: Instant): Promise<Guardianship> {
    assertConsentGiven(consent.consentedAt, { mode: player.world.mode, now }, 'body.consentedAt');
    const child = await this.#findPlayer(player, now);
    if (isOfAge(child)) throw new Fault('unprocessable', 'The player is of age: nobody is the guardian of an adult.');
    const guardianship = await this.#ports.register.register(player.world, child, consent, now);
    if (guardianship === null) {
      throw new Fault(
        'conflict',
        'This consent is from before the last revocation. A new one has a later `consentedAt`.',
      );
    }
    return guardianship;
  }

  /** Null: the player has no guardian. Throws a Fault: `not_found`. */
  async findGuardianship(player: PlayerOfWorld, now: Instant): Promise<Guardianship | null> {
    return this.#ports.register.findGuardianship(await this.#findPlayer(player, now));
  }

  /** A running session learns of it with its next beat. Throws a Fault: `not_found`. */
  async revoke(player: PlayerOfWorld, now: Instant): Promise<void> {
    const child = await this.#findPlayer(player, now);
    await this.#ports.register.revoke(child, now);
    await this.#ports.store.renewSessions(child.personId, now);
  }

  /** Throws a Fault: `not_found`. */
  async readRules(player: PlayerOfWorld, now: Instant): Promise<RulesOfChild> {
    return this.#describe(await this.#findPlayer(player, now), now);
  }

  /** A running session learns of it with its next beat. Throws a Fault: `not_found`, `conflict` where `ifVersion` is passed by. */
  async setRules(player: PlayerOfWorld, change: RulesChange, now: Instant): Promise<RulesOfChild> {
    const child = await this.#findPlayer(player, now);
    const revision = await this.#ports.register.setRules(child, change, now);
    if (revision === null) throw new Fault('conflict', 'The rules were changed by somebody else meanwhile.');
    await this.#ports.store.renewSessions(child.personId, now);
    return this.#describe(child, now);
  }

  /** Throws a Fault: `not_found`, `unprocessable` where nobody may be given a link. */
  async openLink(player: PlayerOfWorld, expiresInMs: number, now: Instant): Promise<OpenedLink> {
    const child = await this.#findPlayer(player, now);
    if (isOfAge(child))
      throw new Fault('unprocessable', 'The player is of age: nobody is told of the play of an adult.');
    // Whole seconds, as a token says them.
    const expiresAt = Math.floor((now + expiresInMs) / 1000) * 1000;
    const link = await this.#ports.register.addLink(player.world, child, expiresAt, now);
    if (link === null) throw new Fault('unprocessable', 'The player has no guardian who could be given a link.');
    const claims = { ...player, linkId: link.linkId };
    const token = await this.#ports.tokens.issue(claims, expiresAt, now);
    return { linkId: link.linkId, url: `${this.#ports.pageUrl}#${token}`, expiresAt };
  }

  /** Throws a Fault: `not_found`. */
  async revokeLink(player: PlayerOfWorld, linkId: string, now: Instant): Promise<void> {
    const child = await this.#findPlayer(player, now);
    const isKnown = await this.#ports.register.revokeLink(child, linkId, now);
    if (!isKnown) throw new Fault('not_found', 'There is no such link.');
  }

  /** Null where the link was revoked, and once the player is of age or erased: then it is nobody's child any more. */
  async findLinkGuardian({ playerId, world }: PlayerOfWorld, linkId: string, now: Instant): Promise<string | null> {
    const profile = await this.#ports.players.findProfile(world, playerId, now);
    if (profile === null || isOfAge(profile)) return null;
    return this.#ports.register.findLinkGuardian(world, linkId, playerId);
  }

  async #findPlayer({ playerId, world }: PlayerOfWorld, now: Instant): Promise<PlayerProfile> {
    const profile = await this.#ports.players.findProfile(world, playerId, now);
    if (profile === null) throw new Fault('not_found', 'There is no such player.');
    return profile;
  }

  async #describe(child: PlayerProfile, now: Instant): Promise<RulesOfChild> {
    const history = await this.#ports.register.listRevisions(child);
    return { revision: history[0] ?? null, history, policy: this.#ports.defaultPolicyAt(now) };
  }
}

function isOfAge({ facts }: PlayerProfile): boolean {
  return facts.ageBand === 'adult';
}
