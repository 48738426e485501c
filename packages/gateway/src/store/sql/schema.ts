// The tables as Kysely sees them; migrations/ makes them. Instants are integers (ms since 1970 UTC), hashes base64url.

import type {
  AuthKind,
  SignInRole,
  WebhookDeliveryState,
  WebhookDisabledReason,
  WebhookEventType,
  WebhookFault,
} from '@playgate/contract';
import type { GuardianRules } from '@playgate/policy';
import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { EventSource } from '../../compliance/compliance-event.ts';
import type { SubjectKind } from '../../compliance/subject-commitment.ts';
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
  stations: {
    station_id: string;
    agent_id: string;
    label: string;
    token_hash: string;
    created_at: number;
    revoked_at: number | null;
  };
  /** What staff said when they ended a session at one of their seats. */
  agent_ends: {
    session_id: string;
    agent_id: string;
    player_id: string;
    note: string;
    key_id: string;
    at: number;
  };
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
  person_marks: WorldColumns & {
    kind: 'subject' | 'guardian_child';
    mark_hash: string;
    scope_hash: string | null;
    person_id: string;
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
    /** Time of the world; null: never let in while a verification waited. */
    provisional_from_at: number | null;
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
    /** JSON; only of outcomes that show a credential. */
    ids: string | null;
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
  evidence_tree: { size: number };
  evidence_tiles: { level: number; tile_index: number; hashes: Bytes };
  evidence_checkpoints: {
    checkpoint_no: Generated<number>;
    size: number;
    /** base64. */
    root: string;
    note: string;
    signed_at: number;
  };
  evidence_endorsements: { key_id: string; note: string };
  access_log: {
    call_no: Generated<number>;
    regulator_id: string;
    key_id: string;
    person_issuer: string | null;
    person_subject: string | null;
    operation_id: string;
    purpose: string;
    /** The player it was about; null: nobody in particular. */
    subject_id: string | null;
    query: string;
    request_id: string;
    at: number;
    /** Of HTTP; null: it is being answered, or was when the gateway ended. */
    status: number | null;
  };
  person_merges: {
    merge_no: Generated<number>;
    merge_id: string;
    provider_id: string;
    mode: string;
    player_id: string;
    person_id: string;
    previous_person_id: string;
    requested_at: number;
    finished_at: number | null;
  };
  corrections: CorrectionRow;
  /** Whose day each counts for: the person it was made for, and those whose play that turned out to be. */
  correction_persons: { person_id: string; date: string; correction_id: string };
  legal_holds: {
    hold_id: string;
    scope: 'all' | 'provider' | 'player';
    /** Null: everything is held. */
    subject_id: string | null;
    reason: string;
    author: string;
    placed_at: number;
    released_at: number | null;
    released_by: string | null;
  };
  /** Erasures that were asked for under a hold; carried out once it is released. */
  waiting_erasures: { player_id: string; requested_at: number };
  events: {
    /** yyyymm, UTC, of the entry; 0: a test world. */
    month: number;
    partition: string;
    entry_id: string;
    /** 0, 1, 2, ... without a gap. */
    seq: number;
    at: number;
    kind: string;
    /** Null, as the subject's columns below: an entry that could not be read. */
    mode: Mode | null;
    provider_id: string | null;
    person_ref: string | null;
    player_ref: string | null;
    /** Null: erased. */
    person_id: string | null;
    player_id: string | null;
    session_id: string | null;
    game_id: string | null;
    agent_id: string | null;
    station_id: string | null;
    band: string | null;
    /** Of play, merged and corrected: the calendar day it counts to. */
    play_date: string | null;
    from_at: number | null;
    to_at: number | null;
    /** Canonical text of the event; see compliance-event.ts. */
    leaf: string;
  };
  /** Entries of before the compliance ledger, until a gateway has moved them; mostly there is no such table. */
  events_before_ledger: {
    partition: string;
    entry_id: string;
    kind: string;
    world: string;
    person_id: string;
    play_date: string | null;
    fields: Json<Record<string, string>>;
  };
  /** One row. Whoever appends events holds it, so that `seq` has no gap and becomes visible in order. */
  log_head: { only_row: Generated<boolean>; next_seq: number };
  /** What leads from an id to its commitment; without its row nothing does. */
  event_subjects: { subject_id: string; kind: SubjectKind; salt: Bytes; ref: string };
  /** What an event of kind `unreadable` was made of, for whoever finds out why. */
  unreadable_entries: {
    seq: number;
    partition: string;
    entry_id: string;
    person_id: string | null;
    player_id: string | null;
    /** JSON; as text, for it may hold what jsonb refuses. */
    fields: string;
  };
  webhook_endpoints: WorldColumns & {
    endpoint_id: string;
    url: string;
    event_types: Json<readonly WebhookEventType[]>;
    secret: Bytes;
    /** What is signed with beside it until `previous_until_at`. */
    previous_secret: Bytes | null;
    previous_until_at: number | null;
    /** Events of the log from here on are sent. */
    from_seq: number;
    created_at: number;
    failing_since_at: number | null;
    disabled_at: number | null;
    disabled_reason: WebhookDisabledReason | null;
  };
  webhook_deliveries: WebhookDeliveryRow;
  /** Players whose standing may have changed since a provider was told of it. */
  status_marks: { player_id: string; mark_no: Generated<number> };
  /** What providers were last told of a player. */
  told_status: { player_id: string; age_band: string | null; has_guardian: boolean };
  follower_cursors: { name: string; next_seq: number };
  policy_hashes: { policy_id: string; version: number; hash: string };
  /** `provider_id` is empty for all live worlds. `next_seq`: place of the projector when the day closed. */
  day_closings: { mode: Mode; provider_id: string; zone: string; date: string; next_seq: number };
  late_entries: { seq: number; date: string; mode: Mode; provider_id: string };
  session_records: SessionRecordRow;
  denials: DenialRow;
  day_summaries: DaySummaryRow;
}

/** An entry beside the record of play. Times are those of the world. */
export interface CorrectionRow extends WorldColumns {
  correction_id: string;
  correction_no: Generated<number>;
  player_id: string;
  kind: 'correction' | 'grant';
  date: string;
  /** Null: a grant. */
  game_id: string | null;
  delta_ms: number;
  bonus_ms: number;
  mends_error: boolean;
  author_role: Exclude<AuthKind, 'none'>;
  author_id: string | null;
  /** Null, as its salt: erased. */
  reason: string | null;
  reason_salt: Bytes | null;
  undoes: string | null;
  made_at: number;
}

export interface WebhookDeliveryRow {
  endpoint_id: string;
  event_id: string;
  type: WebhookEventType;
  player_id: string | null;
  /** The bytes that are signed and sent. */
  payload: string;
  state: WebhookDeliveryState;
  attempts: number;
  created_at: number;
  next_attempt_at: number | null;
  delivered_at: number | null;
  status_code: number | null;
  fault: WebhookFault | null;
}

/** One session, as the events tell it so far. Dates are calendar days of the policy's zone. */
export interface SessionRecordRow extends WorldColumns {
  session_id: string;
  person_ref: string;
  player_ref: string;
  person_id: string | null;
  player_id: string | null;
  game_id: string;
  agent_id: string | null;
  station_id: string | null;
  province: string | null;
  band: string | null;
  assurance: string | null;
  protocol: string | null;
  /** `lease` from the first play that was credited over a missed beat. */
  source: EventSource;
  policy_id: string | null;
  policy_version: number | null;
  opened_at: number;
  opened_date: string;
  ended_at: number | null;
  ended_date: string | null;
  end_cause: string | null;
  end_reason: string | null;
  limit_at: number | null;
  /** When the end was told to the client; null: it was not. */
  ordered_at: number | null;
  /** When the client says that play ended, having been told so; null: it never said. */
  acknowledged_at: number | null;
  closed_at: number | null;
  close_reason: string | null;
  overrun_ms: number;
  /** Of it, what was told before the day of the end closed for reports. */
  overrun_at_close_ms: number;
  gaps: number;
  warned_at: number | null;
  /** Play, or an uncounted session, outside the opening hours of its agent. */
  outside_hours: boolean;
}

export interface DenialRow extends WorldColumns {
  seq: number;
  person_ref: string;
  player_ref: string;
  player_id: string | null;
  game_id: string;
  agent_id: string | null;
  station_id: string | null;
  province: string | null;
  band: string | null;
  assurance: string | null;
  protocol: string | null;
  source: EventSource;
  reason: string;
  at: number;
  date: string;
}

/**
 * One person's play of one day in one game at one agent's (`''`: at none). Totals leave out rows with `superseded_by`: that
 * play counts for the other person, whose rows have it too. A row without a game has no `play_ms` of its own: with an agent it
 * is what that agent's account got by a merge, without one what went to another person.
 */
export interface DaySummaryRow extends WorldColumns {
  date: string;
  person_ref: string;
  game_id: string;
  agent_id: string;
  person_id: string | null;
  player_ref: string;
  province: string | null;
  band: string | null;
  play_ms: number;
  leased_ms: number;
  /** Sum of the corrections of the day; not in `play_ms`. */
  corrected_ms: number;
  /** Sorted and disjoint, ms since 1970 UTC. */
  intervals: JSONColumnType<[number, number][], string, string>;
  superseded_by: string | null;
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
