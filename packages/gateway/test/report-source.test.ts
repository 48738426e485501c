// The figures of reports, counted anew in TypeScript from the same rows.
import { REPORT_DIMENSIONS } from '@playgate/contract';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { reportDays } from '../src/compliance/reports/report-days.ts';
import type { ReportQuery } from '../src/compliance/reports/report-source.ts';
import { SqlReportSource } from '../src/store/sql/sql-report-source.ts';
import { describeOnDatabases } from './support/databases.ts';
import { arbitraryFacts, clearFacts, DATES, recount, writeFacts } from './support/report-facts.ts';

const RUNS = 40;
const ZONE = 'Asia/Ho_Chi_Minh';

const queries = fc
  .record({
    from: fc.integer({ min: 0, max: 3 }),
    length: fc.integer({ min: 0, max: 3 }),
    groupBy: fc.shuffledSubarray([...REPORT_DIMENSIONS], { minLength: 1 }),
    providerIds: fc.constantFrom(null, null, ['prv_a'], ['prv_b', 'prv_x'], []),
    provinces: fc.constantFrom(null, null, ['Huế'], ['Hà Nội', 'Huế'], []),
    gameId: fc.constantFrom(null, null, 'star'),
    agentId: fc.constantFrom(null, null, 'agt_hue'),
    mode: fc.constantFrom('live' as const, 'test' as const),
  })
  .map(({ from, length, ...rest }): ReportQuery => {
    const days = reportDays(ZONE, DATES[from]!, DATES[Math.min(3, from + length)]!);
    return { ...rest, days };
  });

describeOnDatabases('figures of reports', (database) => {
  it('are those of an independent count', async () => {
    const source = new SqlReportSource(database().db);
    await fc.assert(
      fc.asyncProperty(arbitraryFacts(), fc.array(queries, { minLength: 3, maxLength: 3 }), async (facts, asked) => {
        await clearFacts(database());
        await writeFacts(database(), facts);
        for (const query of asked) {
          const { rows, totals } = await source.readCells(query);
          const found = new Map(rows.map(({ cell, key }) => [JSON.stringify(key), cell]));
          const wanted = new Map(recount(facts, query));
          expect(totals).toEqual(wanted.get('totals'));
          wanted.delete('totals');
          expect(found).toEqual(wanted);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('knows corrections by the day they were made', async () => {
    const source = new SqlReportSource(database().db);
    const correction = (entry: string, seq: number, at: string, deltaMs: number) => ({
      month: 0,
      partition: 'gateway',
      entry_id: entry,
      seq,
      at: Date.parse(at),
      kind: 'corrected',
      mode: 'live' as const,
      provider_id: 'prv_c',
      game_id: 'star',
      play_date: '2026-10-01',
      leaf: JSON.stringify({ data: { deltaMs } }),
    });
    await database()
      .db.insertInto('events')
      .values([
        correction('c-1', 1, '2026-10-30T16:59:59.999Z', -60_000),
        correction('c-2', 2, '2026-10-30T17:00:00.000Z', 25_000),
        correction('c-3', 3, '2026-10-30T18:00:00.000Z', 5_000),
      ])
      .execute();
    const query = {
      mode: 'live' as const,
      days: reportDays(ZONE, '2026-10-30', '2026-10-31'),
      groupBy: ['day', 'game'] as const,
      providerIds: ['prv_c'],
      provinces: null,
      gameId: null,
      agentId: null,
    };
    const { rows, totals } = await source.readCells(query);
    const byKey = Object.fromEntries(rows.map(({ cell, key }) => [key.join(' '), cell.correctionsMs]));
    expect(byKey).toEqual({ '2026-10-30 star': -60_000, '2026-10-31 star': 30_000 });
    expect(totals.correctionsMs).toBe(-30_000);
    expect((await source.readCells({ ...query, provinces: ['Huế'] })).totals.correctionsMs).toBe(0);
  });

  it('knows what providers and agents are called', async () => {
    const source = new SqlReportSource(database().db);
    await database()
      .db.insertInto('providers')
      .values({ provider_id: 'prv_n', name: 'Sao Mai', created_at: 0 })
      .execute();
    const names = await source.readNames(['prv_n', 'prv_none'], []);
    expect([...names.providers]).toEqual([['prv_n', 'Sao Mai']]);
    expect(names.agents.size).toBe(0);
  });
});
