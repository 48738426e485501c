// The ports of who is known: tenants, keys, games, players, agents. Adapters live in store/sql.
// Everything a tenant owns is asked for by world, so another tenant's id is simply not found.
import type {
  AdjustmentEntry,
  AgeBand,
  AgentHours,
  GuardianRules,
  Instant,
  PlayerFacts,
  Rating,
} from '@playgate/policy';
import type { Principal } from './principal.ts';
import type { Mode, World } from './world.ts';

export interface Provider {
  readonly providerId: string;
  readonly name: string;
}

export interface IssuedKey {
  readonly keyId: string;
  /** Shown once; only its hash is kept. */
  readonly key: string;
}

export interface Providers {
  create(name: string, now: Instant): Promise<Provider>;
  find(providerId: string): Promise<Provider | null>;
}

export interface Keys {
  /** Null: no such provider. */
  issueProviderKey(
    providerId: string,
    kind: 'secret' | 'publishable',
    mode: Mode,
    now: Instant,
  ): Promise<IssuedKey | null>;
  /** Null: no such agent. */
  issueAgentKey(agentId: string, now: Instant): Promise<IssuedKey | null>;
  /** Null: no such regulator. */
  issueRegulatorKey(regulatorId: string, now: Instant): Promise<IssuedKey | null>;
  /** False: no such key. A revoked key is refused from the moment this resolves. */
  revoke(keyId: string, now: Instant): Promise<boolean>;
  /** Who a presented API key is; null for anything unknown, revoked or malformed. Answers from a bounded cache. */
  authenticate(key: string): Promise<Principal | null>;
}

export interface Agent {
  readonly agentId: string;
  readonly name: string;
  readonly licenceNo: string;
  readonly province: string;
  readonly hours: AgentHours;
}

export interface Station {
  readonly stationId: string;
  readonly label: string;
  readonly agent: Agent;
}

export interface ListedAgent extends Agent {
  /** Stations whose token is good. */
  readonly stations: number;
  readonly createdAt: Instant;
}

export interface ListedStation extends Pick<Station, 'stationId' | 'label'> {
  readonly createdAt: Instant;
  /** Null: its token is good. */
  readonly revokedAt: Instant | null;
}

export interface IssuedStation {
  readonly stationId: string;
  /** Shown once; only its hash is kept. */
  readonly stationToken: string;
}

export interface AgentListRequest {
  /** Null: all of them. */
  readonly province: string | null;
  /** Only ids after this one; null: from the first. */
  readonly afterId: string | null;
  readonly countMax: number;
}

export interface Agents {
  create(agent: Omit<Agent, 'agentId'>, now: Instant): Promise<Agent & IssuedKey>;
  find(agentId: string): Promise<Agent | null>;
  /** By id. */
  list(request: AgentListRequest): Promise<readonly ListedAgent[]>;
  /** Null: the agent has as many as it may. */
  createStation(agentId: string, label: string, now: Instant): Promise<IssuedStation | null>;
  /** By label, the revoked ones too. */
  listStations(agentId: string): Promise<readonly ListedStation[]>;
  /** A new token in place of the one before, which is refused from now on. Null: no such station of this agent. */
  issueStationToken(agentId: string, stationId: string): Promise<IssuedStation | null>;
  /** False: no such station of this agent. Revoking twice is fine. */
  revokeStation(agentId: string, stationId: string, now: Instant): Promise<boolean>;
  /** The station a token stands for; null: unknown or revoked. */
  findStation(stationToken: string): Promise<Station | null>;
}

export interface RegulatorScope {
  readonly provinces?: readonly string[] | undefined;
  readonly providerIds?: readonly string[] | undefined;
}

export interface Regulators {
  create(name: string, scope: RegulatorScope, now: Instant): Promise<IssuedKey & { readonly regulatorId: string }>;
  /** What it may see; null: there is no such regulator. */
  findScope(regulatorId: string): Promise<RegulatorScope | null>;
}

export const GAME_CLASSES = ['G1', 'G2', 'G3', 'G4'] as const;
export type GameClass = (typeof GAME_CLASSES)[number];

export interface Game {
  readonly gameId: string;
  readonly title: string;
  readonly class: GameClass;
  readonly rating: Rating;
  readonly policyId: string;
}

export interface Games {
  /** Null: the id is taken by another game of this world. */
  create(world: World, game: Game, now: Instant): Promise<Game | null>;
  find(world: World, gameId: string): Promise<Game | null>;
  list(world: World): Promise<readonly Game[]>;
}

/** A player as the session side needs it; never a birth date, phone or national id. */
export interface PlayerProfile {
  readonly playerId: string;
  /** The human behind the account within the world: limits are keyed to it. */
  readonly personId: string;
  /** The human over all providers, where that is counted and known; never leaves the gateway. */
  readonly humanId: string | null;
  /** Facts at `now`; the band follows the birth date, so a birthday needs no job. */
  readonly facts: PlayerFacts;
  /** What the guardian of the person tightened; null: nothing, or the player is of age. */
  readonly guardianRules: GuardianRules | null;
  /** Corrections and grants of the person for the days around `now`. */
  readonly adjustments: readonly AdjustmentEntry[];
  /** Instant of the next change of band in the zone of the default policy; null: none to come. */
  readonly bandChangesAt: Instant | null;
  /** Of the source whose age holds; null: no age is known, or the player is only let in for a while. */
  readonly assurance: Assurance | null;
  /** Methods of verification that the policy accepts and that agree with the age that holds. */
  readonly methods: readonly string[];
}

export interface Players {
  /** Null: unknown in this world, or erased. */
  findProfile(world: World, playerId: string, now: Instant): Promise<PlayerProfile | null>;
  /** Removes identity, keeps the pseudonym. The person the player belonged to; null: unknown. Erasing twice is fine. */
  erase(world: World, playerId: string, now: Instant): Promise<string | null>;
}

export interface SandboxClocks {
  /** Null: the test world of this provider follows real time. Answers from memory. */
  frozenAt(providerId: string): Instant | null;
  freeze(providerId: string, now: Instant): Promise<void>;
  /** Moves a frozen clock on by `ms`, or freezes it at `now + ms`; two calls at once both count. */
  advance(providerId: string, ms: number, now: Instant): Promise<void>;
  release(providerId: string): Promise<void>;
}

/** Weakest first; verification/combine-sources.ts relies on the order. */
export const ASSURANCES = ['declared', 'attested', 'document', 'wallet'] as const;
export type Assurance = (typeof ASSURANCES)[number];

export interface AgeTokenClaims {
  readonly playerId: string;
  readonly ageBand: AgeBand;
  readonly assurance: Assurance;
  readonly expiresAt: Instant;
}
