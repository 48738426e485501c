// What was said of a closed day stays said: a day closes only once everything is on record, and what comes for it all the same
// makes a new revision, of which the first can still be counted again.
import { canonicalJson, dayOfDate } from '@playgate/policy';
import { expect, test } from 'vitest';
import { systemClock } from '../src/clock.ts';
import { readLeaf } from '../src/compliance/compliance-event.ts';
import { ReportRecounts } from '../src/compliance/evidence/verify/report-recounts.ts';
import { LiveRecord } from '../src/compliance/live-record.ts';
import { dayCloser } from '../src/compliance/reports/close-days.ts';
import { writeDaily } from '../src/compliance/reports/daily-formats.ts';
import { makeReport } from '../src/compliance/reports/daily-report.ts';
import { providerAudience, regulatorAudience } from '../src/compliance/reports/report-audience.ts';
import { REPORT_GRACE_MS } from '../src/compliance/reports/report-days.ts';
import { MemorySessionStore } from '../src/store/memory/memory-session-store.ts';
import type { Database } from '../src/store/sql/open-database.ts';
import { SqlDayClosings } from '../src/store/sql/sql-day-closings.ts';
import { SqlFollowedLog } from '../src/store/sql/sql-followed-log.ts';
import { SqlReportSource } from '../src/store/sql/sql-report-source.ts';
import { describeOnDatabases } from './support/databases.ts';
import { entryOf, openTestRecord } from './support/event-log.ts';
import { TestGateway } from './support/test-gateway.ts';

const ZONE = 'Asia/Ho_Chi_Minh';
const DATE = '2026-10-14';
const DAY = dayOfDate(ZONE, DATE);
const TEN = DAY.startsAt + 10 * 3_600_000;
const CLOSES_AT = DAY.endsAt + REPORT_GRACE_MS;
const MINUTE_MS = 60_000;

let providers = 0;

/** One provider's world, its log, and the reports of it. */
class Scene {
  readonly world = { providerId: `prv_closed_${process.pid}_${++providers}`, mode: 'test' } as const;
  readonly settled: string[] = [];
  readonly #database: Database;
  readonly #record: ReturnType<typeof openTestRecord>;
  isAway = false;
  hasNoLedger = false;

  constructor(database: Database) {
    this.#database = database;
    this.#record = openTestRecord(database, new MemorySessionStore(systemClock));
  }

  async append(kind: string, fields: Readonly<Record<string, string>>, person = 'per_closed'): Promise<void> {
    const world = `test:${this.world.providerId}`;
    await this.#record.log.append('p001', [entryOf(kind, { world, person, session: `ses_${providers}`, ...fields })]);
  }

  play(fromMs: number, toMs: number, date = DATE): Promise<void> {
    const [from, to] = [String(TEN + fromMs), String(TEN + toMs)];
    return this.append('play', { date, from, to, leased: '0' });
  }

  async report(now = CLOSES_AT, audience = providerAudience(this.world, undefined)) {
    const { followers } = this.#record;
    const pump = {
      drain: async () => {
        if (this.isAway) throw new Error('the database was away');
        return { moved: 0, shared: [] };
      },
    };
    const { db } = this.#database;
    const record = new LiveRecord({ pump, followers, projector: 'projector', onTrouble: () => {} });
    const settle = async () => {
      if (this.hasNoLedger) throw new Error('the ledger is away');
      this.settled.push('settled');
    };
    const closeDay = dayCloser({ closings: new SqlDayClosings(db), record, settle, onTrouble: () => {} });
    const ports = { source: new SqlReportSource(db), record, closeDay };
    const days = { zone: ZONE, from: DATE, to: DATE, groupBy: ['game'] as const, filters: {} };
    const report = await makeReport(ports, { ...days, audience, now });
    const { content } = writeDaily(report, 'json', { after: null, rowsMax: 500 });
    const { closed, entries, revision } = report.head;
    return { text: Buffer.from(content).toString(), closed, entries, revision, ...report.totals.figures };
  }

  /** As an offline verifier finds it. */
  async check(text: string): Promise<string> {
    const recounts = new ReportRecounts([{ name: 'day.json', content: Buffer.from(text), signature: '' }], true);
    const rows = await this.#database.db.selectFrom('events').select('leaf').orderBy('seq').execute();
    for (const { leaf } of rows) recounts.add(readLeaf(leaf));
    return recounts.finish(true)[0]!.state;
  }

  async rebuild(): Promise<void> {
    await new SqlFollowedLog(this.#database.db).restart(this.#record.projector);
    await this.#record.followers.run();
  }
}

describeOnDatabases('a closed day', (database) => {
  test('is not closed while entries cannot be moved, or the ledger is away', async () => {
    const scene = new Scene(database());
    await scene.play(0, MINUTE_MS);
    expect(await scene.report(CLOSES_AT - 1)).toMatchObject({ closed: false, revision: null, entries: null });
    scene.isAway = true;
    expect(await scene.report()).toMatchObject({ closed: false, playMs: MINUTE_MS });
    await scene.play(MINUTE_MS, 2 * MINUTE_MS);
    [scene.isAway, scene.hasNoLedger] = [false, true];
    expect(await scene.report()).toMatchObject({ closed: false, playMs: 2 * MINUTE_MS });
    await scene.play(2 * MINUTE_MS, 3 * MINUTE_MS);
    scene.hasNoLedger = false;
    const closed = await scene.report();
    expect(closed).toMatchObject({ closed: true, revision: 1, playMs: 3 * MINUTE_MS });
    // Said once, it stays closed, whatever is away.
    scene.isAway = true;
    expect((await scene.report()).text).toBe(closed.text);
    expect(scene.settled.length).toBe(2);
  });

  test('gives the same bytes until an entry comes for it, and then another revision', async () => {
    const scene = new Scene(database());
    await scene.play(0, MINUTE_MS);
    const first = await scene.report();
    expect(first).toMatchObject({ closed: true, revision: 1, playMs: MINUTE_MS });
    const next = DAY.endsAt - TEN + REPORT_GRACE_MS + MINUTE_MS;
    await scene.play(next, next + MINUTE_MS, '2026-10-15');
    await new Scene(database()).play(0, MINUTE_MS);
    expect((await scene.report(CLOSES_AT + 30 * 86_400_000)).text).toBe(first.text);
    await scene.play(5 * MINUTE_MS, 6 * MINUTE_MS);
    const second = await scene.report();
    expect(second).toMatchObject({ closed: true, revision: 2, playMs: 2 * MINUTE_MS });
    expect(second.entries).toBeGreaterThan(first.entries!);
    expect((await scene.report()).text).toBe(second.text);
    for (const { text } of [first, second]) expect(await scene.check(text)).toBe('ok');
    const mixed = canonicalJson({ ...JSON.parse(first.text), entries: second.entries });
    expect(await scene.check(mixed)).toBe('failed');
    await scene.rebuild();
    expect((await scene.report()).text).toBe(second.text);
  });

  test('is revised by a confirmation that was late on record, not by one that was late', async () => {
    const scene = new Scene(database());
    const end = DAY.endsAt - MINUTE_MS;
    const figures = { used: '60000,60000,0,0', limits: '60000,-1,-1,-1', overrun: '0', gaps: '0' };
    await scene.append('ended', {
      at: String(end),
      cause: 'game',
      limit: String(end),
      ordered: String(end),
      ...figures,
    });
    expect(await scene.report()).toMatchObject({ revision: 1, unacknowledgedEnds: 1 });
    const confirmed = { reason: 'limit', clientEnded: String(end), verdictSeq: '3', overrun: '0' };
    await scene.append('closed', { at: String(CLOSES_AT + 1), ...confirmed, session: 'ses_other' });
    expect(await scene.report()).toMatchObject({ revision: 1, unacknowledgedEnds: 1 });
    await scene.append('closed', { at: String(DAY.endsAt + MINUTE_MS), ...confirmed });
    expect(await scene.report()).toMatchObject({ revision: 2, unacknowledgedEnds: 0 });
  });

  test('seen from another world never closes, and a clock moved back opens it again', async () => {
    const scene = new Scene(database());
    await scene.play(0, MINUTE_MS);
    expect(await scene.report(CLOSES_AT * 2, regulatorAudience({}, 'test'))).toMatchObject({ closed: false });
    expect(await scene.report()).toMatchObject({ closed: true, revision: 1 });
    expect(await scene.report(TEN)).toMatchObject({ closed: false, revision: null });
    await scene.play(MINUTE_MS, 2 * MINUTE_MS);
    expect(await scene.report()).toMatchObject({ closed: true, revision: 2 });
  });
});

test('the day of a session that nobody ended is closed with it', async () => {
  await using gateway = await TestGateway.start({ env: { PLAYGATE_LOG_LEVEL: 'silent' } });
  const { secretKey: token } = await gateway.createTenant('test');
  await gateway.call('freezeSandboxClock', { token, body: { now: new Date(TEN).toISOString() } });
  await gateway.call('createGame', { token, body: { gameId: 'star', title: 'Star', class: 'G1', rating: '00+' } });
  const child = { method: 'attested', birthDate: '2010-01-01', phone: '+84912345678', phoneVerified: true } as const;
  const { body: verified } = await gateway.call('createAgeVerification', {
    token,
    body: { playerRef: 'child', ...child },
  });
  const { body: opened } = await gateway.call('openSession', {
    token,
    body: { ageToken: verified.ageToken!, gameId: 'star' },
  });
  if (opened.verdict !== 'play') throw new Error('no play');
  await gateway.call('advanceSandboxClock', { token, body: { ms: MINUTE_MS } });
  const beatOne = { params: { sessionId: opened.sessionId }, body: { seq: 1, state: 'active' } } as const;
  await gateway.call('recordHeartbeat', { token: opened.sessionToken, ...beatOne });
  await gateway.call('freezeSandboxClock', { token, body: { now: new Date(CLOSES_AT).toISOString() } });
  const { body } = await gateway.call('getDailyReport', { token, query: { from: DATE, to: DATE } });
  expect(body).toMatchObject({ closed: true, revision: 1, totals: { sessions: 1, playMs: MINUTE_MS } });
});
