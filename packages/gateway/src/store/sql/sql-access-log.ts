import type { Kysely } from 'kysely';
import type { AccessLog, RegulatorCall } from '../../compliance/access-log.ts';
import type { AccessLogQuery, AccessLogRecords, KeptCall } from '../../compliance/reports/access-log-report.ts';
import type { Schema } from './schema.ts';

export class SqlAccessLog implements AccessLog, AccessLogRecords {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async note({ at, input, operationId, principal, purpose, query, requestId, status }: RegulatorCall): Promise<number> {
    const { playerId = null } = (input.params ?? {}) as { readonly playerId?: string };
    const { call_no } = await this.#db
      .insertInto('access_log')
      .values({
        regulator_id: principal.regulatorId,
        key_id: principal.keyId,
        person_issuer: principal.person?.issuer ?? null,
        person_subject: principal.person?.subject ?? null,
        operation_id: operationId,
        purpose,
        subject_id: playerId,
        query,
        request_id: requestId,
        at,
        status,
      })
      .returning('call_no')
      .executeTakeFirstOrThrow();
    return Number(call_no);
  }

  async settle(callNo: number, status: number): Promise<void> {
    await this.#db.updateTable('access_log').set({ status }).where('call_no', '=', callNo).execute();
  }

  async readCalls({ afterNo, countMax, endsAt, regulatorId, startsAt }: AccessLogQuery): Promise<readonly KeptCall[]> {
    const rows = await this.#db
      .selectFrom('access_log')
      .innerJoin('regulators', 'regulators.regulator_id', 'access_log.regulator_id')
      .selectAll('access_log')
      .select('regulators.name')
      .where('at', '>=', startsAt)
      .where('at', '<', endsAt)
      .$if(regulatorId !== null, (query) => query.where('access_log.regulator_id', '=', regulatorId))
      .$if(afterNo !== null, (query) => query.where('call_no', '>', afterNo))
      .orderBy('call_no')
      .limit(countMax)
      .execute();
    return rows.map((row) => ({
      callNo: Number(row.call_no),
      at: row.at,
      regulatorId: row.regulator_id,
      regulatorName: row.name,
      keyId: row.key_id,
      person:
        row.person_issuer === null || row.person_subject === null
          ? null
          : { issuer: row.person_issuer, subject: row.person_subject },
      operationId: row.operation_id,
      purpose: row.purpose,
      playerId: row.subject_id,
      query: row.query,
      requestId: row.request_id,
      status: row.status,
    }));
  }
}
