// Reads everything that is held about one player. A table that holds anything of a player has its part here and its line
// in erase-player.ts; a test holds both to the schema.
import { limits } from '@playgate/contract';
import { formatInstant, type Instant } from '@playgate/policy';
import type { Kysely, Selectable } from 'kysely';
import { type ComplianceEvent, readLeaf } from '../../compliance/compliance-event.ts';
import { describeCorrection } from '../../compliance/corrections/correction.ts';
import type { ExportRequest, HeldIdentity, PlayerExport, PlayerRecords } from '../../compliance/player-export.ts';
import type { Assurance } from '../../directory/directory.ts';
import { maskPhone } from '../../guardians/mask-phone.ts';
import type { IdentitySource, PlayerIdentity } from '../../verification/identity-claim.ts';
import { placeOfRelationship } from './guardianship-rows.ts';
import type { IdentityVault } from './identity-vault.ts';
import { listMarks } from './person-marks.ts';
import type { Schema } from './schema.ts';
import { correctionOf, selectCorrections } from './sql-corrections.ts';

type PlayerRow = Selectable<Schema['players']>;
type Relationship = 'parent' | 'guardian';

export class SqlPlayerRecords implements PlayerRecords {
  readonly #db: Kysely<Schema>;
  readonly #vault: IdentityVault;

  constructor(db: Kysely<Schema>, vault: IdentityVault) {
    this.#db = db;
    this.#vault = vault;
  }

  async read({ cursor, now, playerId, world }: ExportRequest): Promise<PlayerExport | null> {
    const after = cursor === null ? null : readCursor(cursor);
    let query = this.#db.selectFrom('players').selectAll().where('player_id', '=', playerId);
    if (world !== null) query = query.where('provider_id', '=', world.providerId).where('mode', '=', world.mode);
    const player = await query.executeTakeFirst();
    if (player === undefined) return null;
    return {
      format: 'playgate-player-export/1',
      playerId,
      exportedAt: formatInstant(now),
      createdAt: formatInstant(player.created_at),
      erasedAt: formatOrNull(player.erased_at),
      personId: player.person_id,
      playerRefHeld: player.player_ref_hash !== null,
      ...(await this.#describeMarks(player.person_id)),
      provisionalFromAt: formatOrNull(player.provisional_from_at),
      identity: this.#describeIdentity(player),
      verifications: await this.#listVerifications(playerId),
      pendingVerifications: await this.#listPending(playerId),
      guardianships: await this.#listGuardianships(playerId),
      guardianRules: await this.#listRules(playerId),
      guardianLinks: await this.#listLinks(playerId),
      corrections: await this.#listCorrections(playerId),
      endNotes: await this.#listEndNotes(playerId),
      ...(await this.#listEvents(player, after)),
    };
  }

  async #listCorrections(playerId: string): Promise<PlayerExport['corrections']> {
    const rows = await selectCorrections(this.#db)
      .where('corrections.player_id', '=', playerId)
      .limit(limits.EXPORT_ROWS_MAX)
      .execute();
    return rows.map((row) => describeCorrection(correctionOf(row)));
  }

  async #describeMarks(
    personId: string,
  ): Promise<Pick<PlayerExport, 'nationalIdHeld' | 'subjectHeld' | 'childRefHeld'>> {
    const kinds = (await listMarks(this.#db, personId)).map(({ kind }) => kind);
    return {
      nationalIdHeld: kinds.includes('national_id'),
      subjectHeld: kinds.includes('subject'),
      childRefHeld: kinds.includes('guardian_child'),
    };
  }

  #describeIdentity({ assurance, identity, player_id }: PlayerRow): PlayerExport['identity'] {
    if (identity === null) return [];
    const held = this.#vault.open(identity, player_id);
    const sources = held.sources ?? [asSource(held, 'attested', (assurance ?? 'attested') as Assurance)];
    return sources.slice(-limits.EXPORT_ROWS_MAX).map(describeSource);
  }

  async #listVerifications(playerId: string): Promise<PlayerExport['verifications']> {
    const rows = await this.#db
      .selectFrom('verifications')
      .selectAll()
      .where('player_id', '=', playerId)
      .orderBy('created_at', 'desc')
      .orderBy('verification_id')
      .limit(limits.EXPORT_ROWS_MAX)
      .execute();
    return rows.map((row) => {
      const assurance = row.assurance as Assurance;
      const claim = row.claim === null ? null : this.#vault.open(row.claim, row.verification_id);
      return {
        verificationId: row.verification_id,
        method: row.method,
        outcome: row.outcome,
        reason: row.reason,
        ageBand: row.age_band as PlayerExport['verifications'][number]['ageBand'],
        assurance,
        verifiedAt: formatInstant(row.created_at),
        claim: claim === null ? null : describeSource(asSource(claim, row.method, assurance)),
      };
    });
  }

  async #listPending(playerId: string): Promise<PlayerExport['pendingVerifications']> {
    const rows = await this.#db
      .selectFrom('pending_verifications')
      .select(['verification_id', 'method', 'status', 'created_at', 'expires_at'])
      .where('player_id', '=', playerId)
      .orderBy('created_at', 'desc')
      .limit(limits.EXPORT_ROWS_MAX)
      .execute();
    return rows.map((row) => ({
      verificationId: row.verification_id,
      method: row.method,
      status: row.status,
      startedAt: formatInstant(row.created_at),
      expiresAt: formatInstant(row.expires_at),
    }));
  }

  async #listGuardianships(playerId: string): Promise<PlayerExport['guardianships']> {
    const rows = await this.#db
      .selectFrom('guardianships')
      .innerJoin('guardians', 'guardians.guardian_id', 'guardianships.guardian_id')
      .selectAll('guardianships')
      .select('guardians.identity')
      .where('guardianships.player_id', '=', playerId)
      .orderBy('guardianships.guardianship_no', 'desc')
      .limit(limits.EXPORT_ROWS_MAX)
      .execute();
    return rows.map((row) => {
      const guardianId = row.guardian_id;
      const place = placeOfRelationship(playerId, guardianId);
      const relationship = row.relationship && (this.#vault.openText(row.relationship, place) as Relationship);
      return {
        guardianId,
        relationship,
        maskedPhone: row.identity && maskPhone(this.#vault.openGuardian(row.identity, guardianId).phone),
        consentedAt: formatInstant(row.consented_at),
        consentTextVersion: row.consent_text_version,
        source: row.source,
        registeredAt: formatInstant(row.registered_at),
        endedAt: formatOrNull(row.ended_at),
        endCause: row.end_cause,
      };
    });
  }

  async #listRules(playerId: string): Promise<PlayerExport['guardianRules']> {
    const rows = await this.#db
      .selectFrom('guardian_rules')
      .select(['version', 'author', 'set_at', 'rules'])
      .where('player_id', '=', playerId)
      .orderBy('revision_no', 'desc')
      .limit(limits.EXPORT_ROWS_MAX)
      .execute();
    return rows.map((row) => ({
      version: row.version,
      author: row.author,
      setAt: formatInstant(row.set_at),
      rules: { ...row.rules },
    }));
  }

  async #listLinks(playerId: string): Promise<PlayerExport['guardianLinks']> {
    const rows = await this.#db
      .selectFrom('guardian_links')
      .select(['link_id', 'created_at', 'expires_at', 'revoked_at'])
      .where('player_id', '=', playerId)
      .orderBy('created_at', 'desc')
      .limit(limits.EXPORT_ROWS_MAX)
      .execute();
    return rows.map((row) => ({
      linkId: row.link_id,
      createdAt: formatInstant(row.created_at),
      expiresAt: formatInstant(row.expires_at),
      revokedAt: formatOrNull(row.revoked_at),
    }));
  }

  async #listEndNotes(playerId: string): Promise<PlayerExport['endNotes']> {
    const rows = await this.#db
      .selectFrom('agent_ends')
      .select(['session_id', 'note', 'at'])
      .where('player_id', '=', playerId)
      .orderBy('at', 'desc')
      .limit(limits.EXPORT_ROWS_MAX)
      .execute();
    return rows.map(({ at, note, session_id }) => ({ sessionId: session_id, note, notedAt: formatInstant(at) }));
  }

  /** Those of an erased player are kept, but nothing says any more that they are its. */
  async #listEvents(player: PlayerRow, after: number | null): Promise<Pick<PlayerExport, 'events' | 'nextCursor'>> {
    const rows = await this.#db
      .selectFrom('events')
      .select(['seq', 'leaf'])
      .where('player_id', '=', player.player_id)
      .where('seq', '>', after ?? BEFORE_THE_FIRST)
      .orderBy('seq')
      .limit(limits.EXPORT_EVENTS_MAX + 1)
      .execute();
    const page = rows.slice(0, limits.EXPORT_EVENTS_MAX);
    const last = page.at(-1);
    const isMore = rows.length > page.length && last !== undefined;
    return {
      events: page.map(({ leaf }) => describeEvent(readLeaf(leaf))),
      nextCursor: isMore ? writeCursor(last.seq) : null,
    };
  }
}

const BEFORE_THE_FIRST = -1;

/** Flat, as an export is read by people too. */
function describeEvent({ data, entry, kind, ...rest }: ComplianceEvent): PlayerExport['events'][number] {
  const fields = Object.entries({ ...rest, ...data }).map(([name, value]) => [name, asText(value)]);
  return { eventId: entry, kind, fields: Object.fromEntries(fields) };
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function asSource(identity: PlayerIdentity, method: string, assurance: Assurance): IdentitySource {
  const { birthDate, phone } = identity;
  return { birthDate, phone, method, assurance };
}

function describeSource({ assurance, birthDate, method, phone }: IdentitySource): HeldIdentity {
  return {
    method,
    assurance,
    birthDate,
    phone,
    withheld: [],
  };
}

function writeCursor(seq: number): string {
  return Buffer.from(JSON.stringify([seq])).toString('base64url');
}

function readCursor(cursor: string): number {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(value) && value.length === 1 && Number.isSafeInteger(value[0]) && value[0] >= 0) return value[0];
  } catch {
    // Not ours, as below.
  }
  throw new RangeError('not a cursor of an export');
}

const formatOrNull = (at: Instant | null): string | null => (at === null ? null : formatInstant(at));
