// The tables as Kysely sees them; migrations/ makes them. Instants are integers (ms since 1970 UTC), hashes base64url.

import type { SignInRole } from '@playgate/contract';
import type { GuardianRules } from '@playgate/policy';
import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { Mode } from '../../directory/world.ts';

/** Written as JSON text, read as the object. */
type Json<Value extends object> = JSONColumnType<Value, string, string>;
/** Drivers read bytes as Buffer or Uint8Array. */
type Bytes = ColumnType<Uint8Array, Uint8Array, Uint8Array>;

interface WorldColumns {
  provider_id: string;
  mode: Mode;
}

export interface Schema {
  providers: { provider_id: string; name: string; created_at: number };
  agents: {
    agent_id: string;
    name: string;
    licence_no: string;
    province: string;
    opens_at: string;
    closes_at: string;
    created_at: number;
  };
  stations: { station_id: string; agent_id: string; label: string; token_hash: string; created_at: number };
  regulators: { regulator_id: string; name: string; scope: Json<object>; created_at: number };
  api_keys: ApiKeyRow;
  games: WorldColumns & {
    game_id: string;
    title: string;
    class: string;
    rating: string;
    policy_id: string;
    created_at: number;
  };
  sandbox_clocks: { provider_id: string; frozen_at: number };
  persons: WorldColumns & {
    person_id: string;
    national_id_hash: string | null;
    human_id: string | null;
    created_at: number;
  };
  players: WorldColumns & {
    player_id: string;
    person_id: string;
    player_ref_hash: string | null;
    identity: Bytes | null;
    assurance: string | null;
    created_at: number;
    updated_at: number;
    erased_at: number | null;
  };
  verifications: WorldColumns & {
    verification_id: string;
    player_id: string;
    person_id: string;
    previous_person_id: string | null;
    method: string;
    outcome: string;
    reason: string | null;
    age_band: string | null;
    assurance: string;
    contradicts_previous: boolean;
    claim: Bytes | null;
    created_at: number;
  };
  guardians: WorldColumns & {
    guardian_id: string;
    phone_hash: string | null;
    identity: Bytes | null;
    created_at: number;
    updated_at: number;
  };
  guardianships: {
    guardianship_no: Generated<number>;
    player_id: string;
    guardian_id: string;
    relationship: Bytes | null;
    consented_at: number;
    consent_text_version: string | null;
    source: 'provider' | 'verification';
    registered_at: number;
    ended_at: number | null;
    end_cause: 'revoked' | 'replaced' | null;
  };
  guardian_rules: {
    revision_no: Generated<number>;
    player_id: string;
    version: number;
    rules: Json<GuardianRules>;
    author: 'provider' | 'guardian';
    guardian_id: string | null;
    set_at: number;
  };
  guardian_links: WorldColumns & {
    link_id: string;
    player_id: string;
    guardian_id: string;
    created_at: number;
    expires_at: number;
    revoked_at: number | null;
  };
  pending_verifications: WorldColumns & {
    verification_id: string;
    player_id: string;
    method: string;
    handle_hash: string | null;
    status: string;
    reason: string | null;
    /** Null once it is over. */
    content: Bytes | null;
    /** Real time. */
    expires_at: number;
    /** Time of the world; null: the player is not let in. */
    standing_until_at: number | null;
    /** Time of the world. */
    created_at: number;
  };
  sign_in_sessions: {
    sign_in_id: string;
    session_hash: string;
    state_hash: string;
    issuer: string;
    subject: string;
    role: SignInRole;
    provider_id: string | null;
    mode: Mode | null;
    agent_id: string | null;
    regulator_id: string | null;
    created_at: number;
    used_at: number;
    ends_at: number;
    revoked_at: number | null;
  };
  idempotency_keys: {
    scope_key_id: string;
    key_hash: string;
    body_hash: string;
    response: Bytes | null;
    started_at: number;
  };
  signing_keys: {
    key_id: string;
    purpose: string;
    algorithm: string;
    public_jwk: Json<object>;
    private_jwk: Bytes;
    /** Published from. */
    created_at: number;
    signs_from_at: number;
  };
  person_merges: {
    merge_id: string;
    provider_id: string;
    mode: string;
    player_id: string;
    person_id: string;
    previous_person_id: string;
    requested_at: number;
    finished_at: number | null;
  };
  events: {
    partition: string;
    entry_id: string;
    kind: string;
    world: string;
    person_id: string;
    /** Of play entries: the calendar day played on. */
    play_date: string | null;
    fields: Json<Record<string, string>>;
  };
}

export interface ApiKeyRow {
  key_id: string;
  key_hash: string;
  hint: string;
  kind: 'secret' | 'publishable' | 'agent' | 'regulator';
  provider_id: string | null;
  mode: Mode | null;
  agent_id: string | null;
  regulator_id: string | null;
  created_at: number;
  revoked_at: number | null;
}
