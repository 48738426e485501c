import { formatInstant, type Instant, type PolicyDocument } from '@playgate/policy';
import { type Kysely, type Selectable, sql } from 'kysely';
import type {
  AccessLogRow,
  AgentLog,
  AgentLogPage,
  AgentLogPosition,
  AgentLogQuery,
  StaffEnd,
} from '../../agents/agent-log.ts';
import { type PastEnd, reasonOfPastEnd } from '../../agents/past-end.ts';
import type { DenialRow, Schema, SessionRecordRow } from './schema.ts';

/** In the order of bytes, which is that of `byPosition` too. */
const SESSION_ID = sql<string>`record.session_id collate "C"`;
/** No id begins with it or with anything after it. */
const AFTER_EVERY_ID = '~';

/** Null: no such policy, or none in force then. */
type PolicyAt = (policyId: string, at: Instant) => PolicyDocument | null;

interface Entry {
  readonly position: AgentLogPosition;
  readonly row: AccessLogRow;
}

/** Reads the projections of the log. */
export class SqlAgentLog implements AgentLog {
  readonly #db: Kysely<Schema>;
  readonly #policyAt: PolicyAt;

  constructor(db: Kysely<Schema>, policyAt: PolicyAt) {
    this.#db = db;
    this.#policyAt = policyAt;
  }

  /** Both tables are asked for a whole page, which is then cut: either may hold all of it. */
  async read(query: AgentLogQuery, after: AgentLogPosition | null, countMax: number): Promise<AgentLogPage> {
    const [sessions, denials] = await Promise.all([
      this.#readSessions(query, after, countMax + 1),
      this.#readDenials(query, after, countMax + 1),
    ]);
    const entries = [...sessions, ...denials].sort(byPosition);
    const page = entries.slice(0, countMax);
    const last = entries.length > countMax ? page.at(-1) : undefined;
    return { rows: page.map(({ row }) => row), next: last?.position ?? null };
  }

  async noteEnd({ agentId, at, keyId, note, playerId, sessionId }: StaffEnd): Promise<void> {
    await this.#db
      .insertInto('agent_ends')
      .values({ session_id: sessionId, agent_id: agentId, player_id: playerId, note, key_id: keyId, at })
      .onConflict((conflict) => conflict.column('session_id').doNothing())
      .execute();
  }

  async #readSessions(
    { agentId, from, mode, to }: AgentLogQuery,
    after: AgentLogPosition | null,
    countMax: number,
  ): Promise<readonly Entry[]> {
    let query = this.#db
      .selectFrom('session_records as record')
      .innerJoin('stations', 'stations.station_id', 'record.station_id')
      .innerJoin('agents', 'agents.agent_id', 'record.agent_id')
      .leftJoin('agent_ends', 'agent_ends.session_id', 'record.session_id')
      .selectAll('record')
      .select(['stations.label', 'agents.licence_no', 'agents.opens_at', 'agents.closes_at', 'agent_ends.note'])
      .where('record.agent_id', '=', agentId)
      .where('record.opened_date', '>=', after?.date ?? from)
      .where('record.opened_date', '<=', to)
      .orderBy('record.opened_date')
      .orderBy('record.opened_at')
      .orderBy(SESSION_ID)
      .limit(countMax);
    if (mode !== null) query = query.where('record.mode', '=', mode);
    if (after !== null) {
      const id = after.kind === 'session' ? after.id : AFTER_EVERY_ID;
      query = query.where(
        sql<boolean>`(record.opened_date, record.opened_at, ${SESSION_ID}) > (${after.date}, ${after.at}, ${id})`,
      );
    }
    return (await query.execute()).map((row) => sessionEntry(row, this.#policyAt));
  }

  async #readDenials(
    { agentId, from, mode, to }: AgentLogQuery,
    after: AgentLogPosition | null,
    countMax: number,
  ): Promise<readonly Entry[]> {
    let query = this.#db
      .selectFrom('denials as denial')
      .innerJoin('stations', 'stations.station_id', 'denial.station_id')
      .innerJoin('agents', 'agents.agent_id', 'denial.agent_id')
      .selectAll('denial')
      .select(['stations.label', 'agents.licence_no'])
      .where('denial.agent_id', '=', agentId)
      .where('denial.date', '>=', after?.date ?? from)
      .where('denial.date', '<=', to)
      .orderBy('denial.date')
      .orderBy('denial.at')
      .orderBy('denial.seq')
      .limit(countMax);
    if (mode !== null) query = query.where('denial.mode', '=', mode);
    if (after !== null) {
      const seq = after.kind === 'denied' ? Number(after.id) : -1;
      query = query.where(sql<boolean>`(denial.date, denial.at, denial.seq) > (${after.date}, ${after.at}, ${seq})`);
    }
    return (await query.execute()).map(denialEntry);
  }
}

interface SessionColumns extends Selectable<SessionRecordRow>, SeatColumns {
  readonly note: string | null;
  readonly opens_at: string;
  readonly closes_at: string;
}

interface SeatColumns {
  readonly label: string;
  readonly licence_no: string;
}

function sessionEntry(row: SessionColumns, policyAt: PolicyAt): Entry {
  return {
    position: { date: row.opened_date, at: row.opened_at, kind: 'session', id: row.session_id },
    row: {
      ...seatFields(row),
      startedAt: formatInstant(row.opened_at),
      endedAt: row.ended_at === null ? null : formatInstant(row.ended_at),
      endReason: row.ended_at === null ? null : reasonOfPastEnd(pastEndOf(row, row.ended_at, policyAt)),
      deniedReason: null,
      sessionId: row.session_id,
      endNote: row.note,
    },
  };
}

function denialEntry(row: Selectable<DenialRow> & SeatColumns): Entry {
  return {
    position: { date: row.date, at: row.at, kind: 'denied', id: String(row.seq) },
    row: {
      ...seatFields(row),
      startedAt: formatInstant(row.at),
      endedAt: null,
      endReason: null,
      deniedReason: row.reason as AccessLogRow['deniedReason'],
      sessionId: null,
      endNote: null,
    },
  };
}

type SeatFields = 'licenceNo' | 'station' | 'playerId' | 'ageBand' | 'gameId' | 'stationId' | 'providerId' | 'mode';

function seatFields(
  row: SeatColumns & Pick<DenialRow, 'band' | 'game_id' | 'mode' | 'player_id' | 'provider_id' | 'station_id'>,
): Pick<AccessLogRow, SeatFields> {
  return {
    licenceNo: row.licence_no,
    station: row.label,
    playerId: row.player_id,
    ageBand: row.band as AccessLogRow['ageBand'],
    gameId: row.game_id,
    stationId: row.station_id!,
    providerId: row.provider_id,
    mode: row.mode,
  };
}

function pastEndOf(row: SessionColumns, endedAt: Instant, policyAt: PolicyAt): PastEnd {
  return {
    cause: row.end_cause ?? '',
    reason: row.end_reason,
    closeReason: row.close_reason,
    limitAt: row.limit_at,
    hours: { opensAt: row.opens_at, closesAt: row.closes_at },
    policy: row.policy_id === null ? null : policyAt(row.policy_id, endedAt),
  };
}

function byPosition({ position: left }: Entry, { position: right }: Entry): number {
  if (left.date !== right.date) return left.date < right.date ? -1 : 1;
  if (left.at !== right.at) return left.at - right.at;
  if (left.kind !== right.kind) return left.kind === 'session' ? -1 : 1;
  if (left.kind === 'denied') return Number(left.id) - Number(right.id);
  return left.id < right.id ? -1 : 1;
}
