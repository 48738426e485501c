// Reports over HTTP: who sees what, what has to be said, what is kept of it, and what the files are signed with.
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { HEADERS, limits, type Problem } from '@playgate/contract';
import { canonicalJson } from '@playgate/policy';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProgram } from '../src/cli/program.ts';
import { REPORT_GRACE_MS } from '../src/compliance/reports/report-days.ts';
import type { SessionRecordRow } from '../src/store/sql/schema.ts';
import { ADMIN_TOKEN, type Answer, ManualClock, type Tenant, TestGateway } from './support/test-gateway.ts';

const DAY = '2026-10-14';
/** 19:00 in Vietnam on that day. */
const NOW = Date.parse(`${DAY}T12:00:00.000Z`);
const CLOSES_AT = Date.parse(`${DAY}T17:00:00.000Z`) + REPORT_GRACE_MS;
const PURPOSE = { [HEADERS.purpose]: 'inspection 12/TTr' };

const clock = new ManualClock(NOW);
let gateway: TestGateway;
let live: Tenant;
let other: Tenant;

beforeAll(async () => {
  gateway = await TestGateway.start({ clock, env: { PLAYGATE_LOG_LEVEL: 'silent' } });
  live = await gateway.createTenant('live');
  other = await gateway.createTenant('live');
  await writeSessions(live, 'Huế', 7);
  await writeSessions(live, 'Hà Nội', 2);
  await writeSessions(other, 'Huế', 9);
  await writeSessions(await gateway.createTenant('test', live.providerId), 'Huế', 3);
});
afterAll(() => gateway[Symbol.asyncDispose]());

/** One session of each of some persons, an hour long. */
async function writeSessions({ mode, providerId }: Tenant, province: string, people: number): Promise<void> {
  const rows = Array.from({ length: people }, (_, index): SessionRecordRow => {
    const ref = `${providerId}-${mode}-${province}-${index}`;
    return {
      session_id: `ses-${ref}`,
      mode,
      provider_id: providerId,
      person_ref: ref,
      player_ref: ref,
      person_id: null,
      player_id: null,
      game_id: 'star',
      agent_id: `agt_${province === 'Huế' ? 'hue' : 'hn'}`,
      station_id: null,
      province,
      band: '12_15',
      assurance: 'attested',
      protocol: 'client',
      source: 'live',
      policy_id: 'vn-147-2024',
      policy_version: 1,
      opened_at: NOW - 3_600_000,
      opened_date: DAY,
      ended_at: NOW,
      ended_date: DAY,
      end_cause: 'game',
      end_reason: 'daily_budget_spent',
      limit_at: NOW - 2_000,
      ordered_at: NOW,
      acknowledged_at: NOW + 1_000,
      closed_at: NOW + 1_500,
      close_reason: 'limit',
      overrun_ms: 2_000,
      overrun_at_close_ms: 2_000,
      gaps: 0,
      warned_at: null,
      outside_hours: false,
    };
  });
  await gateway.database.db.insertInto('session_records').values(rows).execute();
}

async function regulator(scope?: { provinces?: string[]; providerIds?: string[] }): Promise<string> {
  const body = { name: 'Sở', ...(scope && { scope }) };
  return (await gateway.call('createRegulator', { token: ADMIN_TOKEN, body })).body.key;
}

const daily = (token: string, query: Record<string, string> = {}) =>
  gateway.call('getDailyReport', { token, headers: PURPOSE, query: { from: DAY, to: DAY, ...query } });

describe('the daily report', () => {
  it('shows a provider its own world, and nothing of another', async () => {
    const { body } = await daily(live.secretKey, { groupBy: 'provider,province' });
    expect(body.rows.map(({ players, providerId, province }) => [providerId, province, players])).toEqual([
      [live.providerId, 'Huế', 7],
      [live.providerId, 'Hà Nội', 2],
    ]);
    expect(body.totals).toMatchObject({ players: 9, limitReached: 9, overrunMs: 18_000, unacknowledgedEnds: 0 });
    expect(body.totals.timeToEnforceMs).toEqual({ p50: 3_000, p95: 3_000, max: 3_000 });
    expect((await daily(live.secretKey, { providerId: other.providerId })).body.rows).toEqual([]);
    const answer = await gateway.send('GET', `/v1/reports/daily?from=${DAY}&to=${DAY}&mode=test`, {
      token: live.secretKey,
    });
    expect((answer.body as Problem).errors).toEqual([expect.objectContaining({ path: 'query.mode' })]);
  });

  it('shows a regulator exactly what its scope names', async () => {
    const ofHanoi = await regulator({ provinces: ['Hà Nội'] });
    expect((await daily(ofHanoi)).body.totals).toMatchObject({ players: 2, suppressed: false });
    expect((await daily(ofHanoi, { province: 'Huế' })).body.rows).toEqual([]);
    const ofProvider = await regulator({ providerIds: [other.providerId] });
    expect((await daily(ofProvider, { groupBy: 'province' })).body.rows).toMatchObject([
      { province: 'Huế', players: 9 },
    ]);
    expect((await daily(ofProvider, { providerId: live.providerId })).body.rows).toEqual([]);
    const tests = await daily(await regulator({ provinces: ['Huế'] }), { mode: 'test' });
    expect(tests.body).toMatchObject({ mode: 'test', closed: false, closesAt: null, totals: { players: 3 } });
  });

  it('withholds small cells from a regulator without a scope', async () => {
    const { body } = await daily(await regulator(), { groupBy: 'province,provider' });
    expect(body.cellPeopleMin).toBe(limits.REPORT_CELL_PEOPLE_MIN);
    const byRow = body.rows.map(({ players, province, suppressed }) => [province, players, suppressed]);
    // Two of Hà Nội, and the smaller of the others beside them.
    expect(byRow.sort()).toEqual(
      [
        ['Huế', 9, false],
        ['Huế', null, true],
        ['Hà Nội', null, true],
      ].sort(),
    );
    expect(body.totals.players).toBe(18);
  });

  it('is closed once the day and its grace are over, and stays the same from then on', async () => {
    const read = () => daily(live.secretKey);
    expect((await read()).body.closed).toBe(false);
    clock.set(CLOSES_AT);
    const first = await read();
    expect(first.body.closed).toBe(true);
    clock.set(CLOSES_AT + 30 * 86_400_000);
    expect((await read()).text).toBe(first.text);
    clock.set(NOW);
  });

  it('is canonical JSON with a signature over its bytes, the same for the same bytes', async () => {
    const first = await daily(live.secretKey);
    expect(canonicalJson(first.body)).toBe(first.text);
    expect(first.headers.get(HEADERS.signature)).toMatch(/^[\w-]+\.\.[\w-]+$/);
    expect((await daily(live.secretKey)).headers.get(HEADERS.signature)).toBe(first.headers.get(HEADERS.signature));
    const csv = await gateway.send('GET', `/v1/reports/daily?from=${DAY}&to=${DAY}&format=csv`, {
      token: live.secretKey,
    });
    expect(csv.headers.get('content-type')).toContain('text/csv');
    expect(csv.headers.get(HEADERS.signature)).not.toBe(first.headers.get(HEADERS.signature));
  });

  it.each([
    ['to', { to: '2026-10-13' }],
    ['to', { from: '2024-01-01' }],
    ['cursor', { cursor: 'bm90aGluZw' }],
    ['groupBy', { groupBy: 'day,day' }],
    ['groupBy', { groupBy: 'player' }],
    ['limit', { limit: '5001' }],
  ])('says what is wrong with %s', async (name, query) => {
    const where = new URLSearchParams({ from: DAY, to: DAY, ...query });
    const answer = await gateway.send('GET', `/v1/reports/daily?${where}`, { token: live.secretKey });
    expect([answer.status, (answer.body as Problem).errors?.[0]?.path]).toEqual([400, `query.${name}`]);
  });
});

describe('a regulator', () => {
  it.each([
    '/v1/reports/daily?from=2026-10-14&to=2026-10-14',
    '/v1/reports/periodic?form=vn-half-year&period=2026-H2',
    '/v1/reports/forms',
    '/v1/reports/access-log?from=2026-10-14&to=2026-10-14',
  ])('has to say why it asks %s', async (where) => {
    const answer = await gateway.send('GET', where, { token: await regulator() });
    const { errors } = answer.body as Problem;
    expect([answer.status, errors?.[0]?.path]).toEqual([400, HEADERS.purpose]);
  });

  it('sees its own calls, this one too, and the operator sees all', async () => {
    const [one, two] = [await regulator({ provinces: ['Huế'] }), await regulator()];
    await daily(one, { groupBy: 'day' });
    await daily(two);
    const range = { from: DAY, to: DAY };
    const own = await gateway.call('getAccessLog', { token: one, headers: PURPOSE, query: range });
    expect(own.body.entries.map(({ operationId, purpose, query }) => [operationId, purpose, query])).toEqual([
      ['getDailyReport', PURPOSE[HEADERS.purpose], `from=${DAY}&to=${DAY}&groupBy=day`],
      ['getAccessLog', PURPOSE[HEADERS.purpose], `from=${DAY}&to=${DAY}`],
    ]);
    expect(new Set(own.body.entries.map(({ regulatorId }) => regulatorId)).size).toBe(1);
    const all = await gateway.call('getAccessLog', { token: ADMIN_TOKEN, query: range });
    expect(all.body.entries.length).toBeGreaterThan(own.body.entries.length);
    const before = await gateway.call('getAccessLog', {
      token: ADMIN_TOKEN,
      query: { from: '2026-10-13', to: '2026-10-13' },
    });
    expect(before.body.entries).toEqual([]);
  });
});

describe('the access log', () => {
  const PLAYER = `ply_${'0'.repeat(16)}`;
  const entriesOf = async (token: string) =>
    (await gateway.call('getAccessLog', { token, headers: PURPOSE, query: { from: DAY, to: DAY } })).body.entries;

  it('has the outcome of every call, of those that were refused too, and nothing of what was not checked', async () => {
    const token = await regulator({ provinces: ['Huế'] });
    const headers = PURPOSE;
    await gateway.send('GET', '/v1/reports/forms', { token });
    await gateway.send('GET', '/v1/reports/forms', { token, headers: { [HEADERS.purpose]: ' ' } });
    await gateway.send('GET', '/v1/reports/daily?from=0901234567&to=L%C3%AA', { token, headers });
    await gateway.send('GET', `/v1/reports/daily?from=${DAY}&to=${DAY}`, { token });
    await gateway.send('GET', '/v1/admin/agents', { token, headers });
    await gateway.send('GET', '/v1/reports/periodic?form=none&period=2026-H2', { token, headers });
    for (const playerId of [PLAYER, '0901234567']) {
      await gateway.send('GET', `/v1/players/${playerId}/statement?date=${DAY}`, { token, headers });
    }
    await daily(token);
    await gateway.send('GET', '/v1/sign-in', { token });
    const entries = await entriesOf(token);
    const why = PURPOSE[HEADERS.purpose];
    const days = `from=${DAY}&to=${DAY}`;
    expect(entries.map(({ operationId, purpose, query, status }) => [operationId, status, purpose, query])).toEqual([
      ['listReportForms', 400, '', ''],
      ['listReportForms', 400, '', ''],
      ['getDailyReport', 400, why, ''],
      ['getDailyReport', 400, '', days],
      ['listAgents', 403, why, ''],
      ['getPeriodicReport', 400, why, 'form=none&period=2026-H2'],
      ['getStatement', 404, why, `date=${DAY}`],
      ['getStatement', 404, why, `date=${DAY}`],
      ['getDailyReport', 200, why, days],
      ['getAccessLog', null, why, days],
    ]);
    expect(entries.map(({ playerId }) => playerId).filter((playerId) => playerId !== null)).toEqual([PLAYER]);
    expect(JSON.stringify(entries)).not.toContain('0901234567');
    expect((await entriesOf(token)).at(-2)?.status).toBe(200);
  });

  it('answers nothing that it cannot keep, neither a report nor a refusal', async () => {
    const token = await regulator();
    await sql`alter table access_log rename to access_log_away`.execute(gateway.database.db);
    try {
      expect((await gateway.send('GET', '/v1/reports/forms', { token })).status).toBe(500);
      expect((await gateway.send('GET', '/v1/reports/forms', { token, headers: PURPOSE })).status).toBe(500);
    } finally {
      await sql`alter table access_log_away rename to access_log`.execute(gateway.database.db);
    }
    expect((await gateway.send('GET', '/v1/reports/forms', { token })).status).toBe(400);
  });
});

describe('forms', () => {
  it('are listed, and filled in for a province', async () => {
    const token = await regulator({ provinces: ['Huế'] });
    const { body } = await gateway.call('listReportForms', { token, headers: PURPOSE });
    expect(body.forms.map(({ id, verified }) => [id, verified])).toEqual([
      ['vn-half-year', false],
      ['vn-children-year', false],
    ]);
    const query = { form: 'vn-half-year', period: '2026-H2', province: 'Huế' };
    const filled = await gateway.call('getPeriodicReport', { token, headers: PURPOSE, query });
    expect(filled.body.due).toMatchObject([{ on: '2026-12-01' }]);
    expect(filled.body.rows.map(({ cells }) => [cells.province, cells.provider, cells.players])).toEqual(
      expect.arrayContaining([
        ['Huế', 'Studio', 7],
        ['Huế', 'Studio', 9],
      ]),
    );
    const sheet = await gateway.send(
      'GET',
      `/v1/reports/periodic?${new URLSearchParams({ ...query, format: 'xlsx' })}`,
      {
        token,
        headers: PURPOSE,
      },
    );
    expect(sheet.headers.get('content-disposition')).toContain('vn-half-year-2026-H2.xlsx');
    for (const wrong of [{ form: 'none' }, { period: '2026' }]) {
      const answer: Answer = await gateway.send(
        'GET',
        `/v1/reports/periodic?${new URLSearchParams({ ...query, ...wrong })}`,
        { token, headers: PURPOSE },
      );
      expect((answer.body as Problem).errors?.[0]?.path).toBe(`query.${Object.keys(wrong)[0]}`);
    }
  });
});

describe('schemas', () => {
  it('are served', async () => {
    const found = await gateway.send('GET', '/schemas/daily-report.v1.json');
    expect(found.body).toMatchObject({ $id: '/schemas/daily-report.v1.json', type: 'object' });
    const committed = new URL('../../../docs/schemas/daily-report.v1.json', import.meta.url);
    expect(found.text).toBe(await readFile(committed, 'utf8'));
    expect((await gateway.send('GET', '/schemas/none.json')).status).toBe(404);
  });
});

describe('playgate report', () => {
  const run = (...words: string[]) => runAs(live.secretKey, ...words);

  async function runAs(key: string, ...words: string[]) {
    const printed: string[] = [];
    const noted: string[] = [];
    const program = createProgram({
      serve: () => Promise.reject(new Error('no')),
      readConfig: () => {
        throw new Error('no');
      },
      now: () => NOW,
      print: (line) => printed.push(line),
      note: (line) => noted.push(line),
    });
    const connection = ['--url', gateway.baseUrl, '--key', key];
    await program.parseAsync(['node', 'playgate', 'report', ...words, ...connection]);
    return { printed: printed.join('\n'), noted: noted.join('\n') };
  }

  it('prints a table, and says whether it can change', async () => {
    const { noted, printed } = await run(
      'daily',
      '--from',
      DAY,
      '--to',
      DAY,
      '--group-by',
      'province',
      '--purpose',
      'Kiểm tra',
    );
    expect(printed).toMatch(/Huế +7 +7 +7/);
    expect(printed).toMatch(/all +9/);
    expect(noted).toContain('can change until');
    expect((await run('forms')).printed).toContain('vn-half-year');
  });

  it('tells a regulator to say why it asks, before anything is asked', async () => {
    const days = ['daily', '--from', DAY, '--to', DAY];
    const key = await regulator();
    for (const words of [days, [...days, '--purpose', ' '], [...days, '--purpose', 'x'.repeat(201)], ['forms']]) {
      const refused: unknown = await runAs(key, ...words).catch((error: unknown) => error);
      expect(refused).toMatchObject({ name: 'CommandError', exitCode: 2 });
      expect((refused as Error).message).toContain('--purpose');
    }
    expect((await runAs(key, ...days, '--purpose', 'Kiểm tra')).printed).toContain('all');
  });

  it('refuses evidence for a key that does not see all of it, before anything is written', async () => {
    const folder = path.join(tmpdir(), `playgate-unwritten-${process.pid}`);
    const days = ['daily', '--from', DAY, '--to', DAY, '--with-evidence'];
    const refused = run(...days, '--out', `${folder}/`);
    await expect(refused).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('key of a regulator'),
    });
    expect(existsSync(folder)).toBe(false);
    await expect(run(...days)).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('--out') });
  });

  it('refuses a period that the form does not have as a wrong command line', async () => {
    const ofYear = run('periodic', '--form', 'vn-half-year', '--period', '2026');
    await expect(ofYear).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('query.period') });
  });

  it('writes files with their signature beside them', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'playgate-reports-'));
    try {
      const period = ['--form', 'vn-half-year', '--period', '2026-H2'];
      await run('periodic', ...period, '--out', path.join(folder, 'form.xlsx'));
      await run('periodic', ...period, '--format', 'csv', '--out', folder);
      await run('daily', '--from', DAY, '--to', DAY, '--out', path.join(folder, 'day.jsonl'));
      expect((await readdir(folder)).sort()).toEqual([
        'day.jsonl',
        'day.jsonl.jws',
        'form.xlsx',
        'form.xlsx.jws',
        'vn-half-year-2026-H2.csv',
        'vn-half-year-2026-H2.csv.jws',
      ]);
      expect(await readFile(path.join(folder, 'day.jsonl.jws'), 'utf8')).toMatch(/^[\w-]+\.\.[\w-]+\n$/);
      await expect(run('periodic', ...period, '--format', 'xlsx')).rejects.toThrow('--out');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
