import { formatInstant } from '@playgate/policy';
import { expect, it } from 'vitest';
import { type AgentLogPosition, decodePosition, encodePosition, writeAccessLogCsv } from '../src/agents/agent-log.ts';
import type { Database } from '../src/store/sql/open-database.ts';
import type { DenialRow, SessionRecordRow } from '../src/store/sql/schema.ts';
import { SqlAgentLog } from '../src/store/sql/sql-agent-log.ts';
import { SqlAgents } from '../src/store/sql/sql-agents.ts';
import { describeOnDatabases } from './support/databases.ts';

const TEN = Date.UTC(2026, 9, 14, 3);
const DAY_MS = 86_400_000;
/** More than one page of the file. */
const SESSIONS = 1_203;

const PLAYED = { mode: 'live', provider_id: 'prv_a', person_ref: 'p', player_ref: 'q', game_id: 'sao' } as const;

function sessionRow(session_id: string, agent_id: string, station_id: string, opened_at: number): SessionRecordRow {
  return {
    ...PLAYED,
    session_id,
    person_id: null,
    player_id: null,
    agent_id,
    station_id,
    province: null,
    band: 'adult',
    assurance: null,
    protocol: null,
    source: 'live',
    policy_id: null,
    policy_version: null,
    opened_at,
    opened_date: new Date(opened_at).toISOString().slice(0, 10),
    ended_at: opened_at + 1,
    ended_date: null,
    end_cause: 'silence',
    end_reason: null,
    limit_at: null,
    ordered_at: null,
    acknowledged_at: null,
    closed_at: null,
    close_reason: null,
    overrun_ms: 0,
    overrun_at_close_ms: 0,
    gaps: 0,
    warned_at: null,
    outside_hours: false,
  };
}

function denialRow(seq: number, agent_id: string, station_id: string, at: number): DenialRow {
  const date = new Date(at).toISOString().slice(0, 10);
  const nobody = { player_id: null, province: null, band: 'adult', assurance: null, protocol: null };
  return { ...PLAYED, ...nobody, seq, agent_id, station_id, source: 'live', reason: 'agent_closed', at, date };
}

async function openShop({ db }: Database) {
  const agents = new SqlAgents(db);
  const hours = { opensAt: '08:00', closesAt: '22:00' };
  const { agentId } = await agents.create({ name: 'Q', licenceNo: 'L', province: 'Huế', hours }, TEN);
  const { stationId } = (await agents.createStation(agentId, 'Máy 1', TEN))!;
  return { agentId, stationId, log: new SqlAgentLog(db, () => null) };
}

describeOnDatabases('the access log of an agent', (database) => {
  it('gives every row once and in order, whatever the page, several at one instant too', async () => {
    const { agentId, log, stationId } = await openShop(database());
    const other = await openShop(database());
    const sessions = ['a', 'B', 'c_', 'C-', '0'].flatMap((name) =>
      [0, 1, DAY_MS].map((after) => sessionRow(`ses_${name}${after}${agentId}`, agentId, stationId, TEN + after)),
    );
    const seqs = [7, 11, 100].map((seq) => seq * 1_000_000 + sessions.length + (agentId.codePointAt(9) ?? 0));
    const denials = [0, 1].flatMap((after) =>
      seqs.map((seq) => denialRow(seq + after, agentId, stationId, TEN + after)),
    );
    const foreign = sessionRow(`ses_x${agentId}`, other.agentId, other.stationId, TEN);
    await database()
      .db.insertInto('session_records')
      .values([...sessions, foreign])
      .execute();
    await database().db.insertInto('denials').values(denials).execute();
    const query = { agentId, from: '2026-10-14', to: '2026-10-15', mode: null } as const;
    const whole = await log.read(query, null, 100);
    expect(whole.next).toBeNull();
    expect(whole.rows).toHaveLength(sessions.length + denials.length);
    const starts = whole.rows.map(({ startedAt }) => startedAt);
    expect(starts).toEqual([...starts].sort());
    expect(
      whole.rows.filter(({ startedAt }) => startedAt === formatInstant(TEN)).map((row) => row.deniedReason),
    ).toEqual([null, null, null, null, null, 'agent_closed', 'agent_closed', 'agent_closed']);
    for (const countMax of [1, 2, 3, 5, 7, 20, 21]) {
      const rows = [];
      let after: AgentLogPosition | null = null;
      do {
        const page: Awaited<ReturnType<typeof log.read>> = await log.read(query, after, countMax);
        expect(page.rows.length).toBeLessThanOrEqual(countMax);
        rows.push(...page.rows);
        after = page.next === null ? null : decodePosition(encodePosition(page.next));
      } while (after !== null);
      expect(rows).toEqual(whole.rows);
    }
    expect((await log.read({ ...query, from: '2026-10-15' }, null, 100)).rows).toHaveLength(5);
    expect((await log.read({ ...query, mode: 'test' }, null, 100)).rows).toEqual([]);
  });

  it('is written as one file beyond what is read at once', async () => {
    const { agentId, log, stationId } = await openShop(database());
    const rows = Array.from({ length: SESSIONS }, (_, number) =>
      sessionRow(`ses_${number}_${agentId}`, agentId, stationId, TEN + number),
    );
    for (let from = 0; from < rows.length; from += 100) {
      await database()
        .db.insertInto('session_records')
        .values(rows.slice(from, from + 100))
        .execute();
    }
    let file = '';
    const query = { agentId, from: '2026-10-14', to: '2026-10-14', mode: null } as const;
    for await (const part of writeAccessLogCsv(log, query)) file += part;
    expect(file.startsWith('\ufefflicenceNo,station,')).toBe(true);
    const lines = file.slice(1).trimEnd().split('\r\n');
    expect(lines).toHaveLength(SESSIONS + 1);
    expect(new Set(lines).size).toBe(SESSIONS + 1);
    expect(lines[1]).toContain(`ses_0_${agentId}`);
    expect(lines[1]).toContain(',session_lost,');
  });

  it('keeps the first word of staff on a session', async () => {
    const { agentId, log, stationId } = await openShop(database());
    const sessionId = `ses_e${agentId}`;
    await database()
      .db.insertInto('session_records')
      .values(sessionRow(sessionId, agentId, stationId, TEN))
      .execute();
    for (const note of ['first', 'second']) {
      await log.noteEnd({ sessionId, agentId, playerId: 'ply_1', note, keyId: 'key_1', at: TEN });
    }
    const query = { agentId, from: '2026-10-14', to: '2026-10-14', mode: null } as const;
    expect((await log.read(query, null, 10)).rows).toMatchObject([{ endNote: 'first' }]);
  });
});

it('takes no cursor but its own', () => {
  const position = { date: '2026-10-14', at: TEN, kind: 'denied', id: '12' } as const;
  expect(decodePosition(encodePosition(position))).toEqual(position);
  for (const text of ['', 'x', 'bnVsbA', 'W10', encodePosition({ ...position, id: "1' or 1" })]) {
    expect(decodePosition(text)).toBeNull();
  }
});
