import type { Instant } from '@playgate/policy';
import type { Kysely } from 'kysely';
import { hashCredential, isStationToken, newCredential } from '../../directory/credential.ts';
import type { Agent, Agents, Station } from '../../directory/directory.ts';
import { newId } from '../../directory/new-id.ts';
import { insertApiKey } from './api-key-rows.ts';
import type { Schema } from './schema.ts';

export class SqlAgents implements Agents {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async create(agent: Omit<Agent, 'agentId'>, now: Instant): Promise<Agent & { readonly key: string }> {
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
      const { key } = await insertApiKey(db, { kind: 'agent', agentId }, now);
      return { agentId, name, licenceNo, province, hours, key };
    });
  }

  async find(agentId: string): Promise<Agent | null> {
    const row = await this.#db.selectFrom('agents').selectAll().where('agent_id', '=', agentId).executeTakeFirst();
    return row === undefined ? null : agentOf(row);
  }

  async createStation(agentId: string, label: string, now: Instant) {
    const stationId = newId('station');
    const { text, hash } = newCredential('st_');
    await this.#db
      .insertInto('stations')
      .values({ station_id: stationId, agent_id: agentId, label, token_hash: hash, created_at: now })
      .execute();
    return { stationId, stationToken: text };
  }

  async findStation(stationToken: string): Promise<Station | null> {
    if (!isStationToken(stationToken)) return null;
    const row = await this.#db
      .selectFrom('stations')
      .innerJoin('agents', 'agents.agent_id', 'stations.agent_id')
      .select(['stations.station_id', 'stations.label', 'agents.agent_id', 'agents.name', 'agents.licence_no'])
      .select(['agents.province', 'agents.opens_at', 'agents.closes_at'])
      .where('token_hash', '=', hashCredential(stationToken))
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
