// What erasure does, table by table. Identity goes; what remains (ids, bands, outcomes, times) is evidence under a
// pseudonym that leads nowhere any more. A table that holds anything of a player has its line in ERASURES.
import type { Instant } from '@playgate/policy';
import type { Kysely } from 'kysely';
import { forgetEvents } from './erase-events.ts';
import { forgetGuardiansOf } from './guardianship-rows.ts';
import type { Schema } from './schema.ts';
import { forgetCorrections } from './sql-corrections.ts';

export interface ErasedPlayer {
  readonly playerId: string;
  readonly personId: string;
  /** No account of the person is left. */
  readonly isLast: boolean;
  readonly now: Instant;
}

type Erasure = (db: Kysely<Schema>, player: ErasedPlayer) => Promise<unknown>;

/** Run in this order, in the transaction that has marked the player as erased. */
export const ERASURES: readonly Erasure[] = [
  forgetClaims,
  forgetPendingVerifications,
  forgetMarks,
  revokeGuardianLinks,
  endGuardianships,
  forgetGuardians,
  forgetStaffNotes,
  forgetWebhooks,
  forgetEvents,
  forgetCorrections,
];

function forgetClaims(db: Kysely<Schema>, { playerId }: ErasedPlayer) {
  return db.updateTable('verifications').set({ claim: null }).where('player_id', '=', playerId).execute();
}

/** Who was never verified leaves no evidence behind: a pending one is dropped as a whole. */
function forgetPendingVerifications(db: Kysely<Schema>, { playerId }: ErasedPlayer) {
  return db.deleteFrom('pending_verifications').where('player_id', '=', playerId).execute();
}

/** By what the person would be recognised: national id, subjects of identity sources, what a guardian's child is called. */
async function forgetMarks(db: Kysely<Schema>, { isLast, personId }: ErasedPlayer) {
  if (!isLast) return;
  await db.deleteFrom('person_marks').where('person_id', '=', personId).execute();
  await db
    .updateTable('persons')
    .set({ national_id_hash: null, human_id: null })
    .where('person_id', '=', personId)
    .execute();
}

function revokeGuardianLinks(db: Kysely<Schema>, { now, playerId }: ErasedPlayer) {
  return db
    .updateTable('guardian_links')
    .set({ revoked_at: now })
    .where('player_id', '=', playerId)
    .where('revoked_at', 'is', null)
    .execute();
}

/** A registration is filed under one account and holds for the person: it stands while another account is left. */
async function endGuardianships(db: Kysely<Schema>, { isLast, now, personId }: ErasedPlayer) {
  if (!isLast) return;
  await db
    .updateTable('guardianships')
    .set({ ended_at: now, end_cause: 'revoked' })
    .where('ended_at', 'is', null)
    .where('player_id', 'in', (query) =>
      query.selectFrom('players').select('players.player_id').where('players.person_id', '=', personId),
    )
    .execute();
}

async function forgetGuardians(db: Kysely<Schema>, { isLast, personId }: ErasedPlayer) {
  if (isLast) await forgetGuardiansOf(db, personId);
}

/** What was to be told of the player, and what was told before. */
async function forgetWebhooks(db: Kysely<Schema>, { playerId }: ErasedPlayer) {
  await db.deleteFrom('webhook_deliveries').where('player_id', '=', playerId).execute();
  await db.deleteFrom('status_marks').where('player_id', '=', playerId).execute();
  await db.deleteFrom('told_status').where('player_id', '=', playerId).execute();
}

/** What staff of a café wrote when they ended a session of the player. */
function forgetStaffNotes(db: Kysely<Schema>, { playerId }: ErasedPlayer) {
  return db.deleteFrom('agent_ends').where('player_id', '=', playerId).execute();
}
