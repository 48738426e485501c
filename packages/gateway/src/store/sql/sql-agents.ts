import { limits } from '@playgate/contract';
import type { Instant } from '@playgate/policy';
import type { Kysely } from 'kysely';
import { hashCredential, isStationToken, newCredential } from '../../directory/credential.ts';
import type {
  Agent,
  AgentListRequest,
  Agents,
  IssuedKey,
  IssuedStation,
  ListedAgent,
  ListedStation,
  Station,
} from '../../directory/directory.ts';
import { newId } from '../../directory/new-id.ts';
import { insertApiKey } from './api-key-rows.ts';
import type { Schema } from './schema.ts';

export class SqlAgents implements Agents {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async create(agent: Omit<Agent, 'agentId'>, now: Instant): Promise<Agent & IssuedKey> {
    const agentId = newId('agent');
    const { name, licenceNo, province, hours } = agent;
    return this.#db.transaction().execute(async (db) => {
      await db
        .insertInto('agents')
        .values({
          agent_id: agentId,
          name,
          licence_no: licenceNo,
          province,
          opens_at: hours.opensAt,
          closes_at: hours.closesAt,
          created_at: now,
        })
        .execute();
      const issued = await insertApiKey(db, { kind: 'agent', agentId }, now);
      return { agentId, name, licenceNo, province, hours, ...issued };
    });
  }

  async find(agentId: string): Promise<Agent | null> {
    const row = await this.#db.selectFrom('agents').selectAll().where('agent_id', '=', agentId).executeTakeFirst();
    return row === undefined ? null : agentOf(row);
  }

  async list({ afterId, countMax, province }: AgentListRequest): Promise<readonly ListedAgent[]> {
    let query = this.#db
      .selectFrom('agents')
      .selectAll()
      .select(({ selectFrom, fn }) =>
        selectFrom('stations')
          .select(fn.countAll<string>().as('count'))
          .whereRef('stations.agent_id', '=', 'agents.agent_id')
          .where('revoked_at', 'is', null)
          .as('stations'),
      )
      .orderBy('agent_id')
      .limit(countMax);
    if (province !== null) query = query.where('province', '=', province);
    if (afterId !== null) query = query.where('agent_id', '>', afterId);
    const rows = await query.execute();
    return rows.map((row) => ({ ...agentOf(row), stations: Number(row.stations), createdAt: row.created_at }));
  }

  async createStation(agentId: string, label: string, now: Instant): Promise<IssuedStation | null> {
    const stationId = newId('station');
    const { text, hash } = newCredential('st_');
    const isMade = await this.#db.transaction().execute(async (db) => {
      // Two at once are counted one after the other.
      await db.selectFrom('agents').select('agent_id').where('agent_id', '=', agentId).forUpdate().execute();
      const { count } = await db
        .selectFrom('stations')
        .select(({ fn }) => fn.countAll<string>().as('count'))
        .where('agent_id', '=', agentId)
        .executeTakeFirstOrThrow();
      if (Number(count) >= limits.STATIONS_MAX) return false;
      await db
        .insertInto('stations')
        .values({
          station_id: stationId,
          agent_id: agentId,
          label,
          token_hash: hash,
          created_at: now,
          revoked_at: null,
        })
        .execute();
      return true;
    });
    return isMade ? { stationId, stationToken: text } : null;
  }

  async listStations(agentId: string): Promise<readonly ListedStation[]> {
    const rows = await this.#db
      .selectFrom('stations')
      .select(['station_id', 'label', 'created_at', 'revoked_at'])
      .where('agent_id', '=', agentId)
      .orderBy('label')
      .orderBy('station_id')
      .execute();
    return rows.map((row) => ({
      stationId: row.station_id,
      label: row.label,
      createdAt: row.created_at,
      revokedAt: row.revoked_at,
    }));
  }

  async issueStationToken(agentId: string, stationId: string): Promise<IssuedStation | null> {
    const { text, hash } = newCredential('st_');
    const { numUpdatedRows } = await this.#db
      .updateTable('stations')
      .set({ token_hash: hash, revoked_at: null })
      .where('station_id', '=', stationId)
      .where('agent_id', '=', agentId)
      .executeTakeFirstOrThrow();
    return numUpdatedRows === 0n ? null : { stationId, stationToken: text };
  }

  async revokeStation(agentId: string, stationId: string, now: Instant): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable('stations')
      .set(({ fn, val }) => ({ revoked_at: fn.coalesce('revoked_at', val(now)) }))
      .where('station_id', '=', stationId)
      .where('agent_id', '=', agentId)
      .executeTakeFirstOrThrow();
    return numUpdatedRows > 0n;
  }

  async findStation(stationToken: string): Promise<Station | null> {
    if (!isStationToken(stationToken)) return null;
    const row = await this.#db
      .selectFrom('stations')
      .innerJoin('agents', 'agents.agent_id', 'stations.agent_id')
      .select(['stations.station_id', 'stations.label', 'agents.agent_id', 'agents.name', 'agents.licence_no'])
      .select(['agents.province', 'agents.opens_at', 'agents.closes_at'])
      .where('token_hash', '=', hashCredential(stationToken))
      .where('revoked_at', 'is', null)
      .executeTakeFirst();
    return row === undefined ? null : { stationId: row.station_id, label: row.label, agent: agentOf(row) };
  }
}

function agentOf(row: Omit<Schema['agents'], 'created_at'>): Agent {
  return {
    agentId: row.agent_id,
    name: row.name,
    licenceNo: row.licence_no,
    province: row.province,
    hours: { opensAt: row.opens_at, closesAt: row.closes_at },
  };
}
