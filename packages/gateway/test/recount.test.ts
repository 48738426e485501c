// The figures of reports are made twice: by SQL over projections for whoever asks, and from the entries alone for whoever
// verifies. Any log gives the same by both.
import { ASSURANCES, type ReportDimension } from '@playgate/contract';
import { AGE_BANDS, canonicalJson, formatInstant, REFUSAL_REASONS } from '@playgate/policy';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ComplianceEvent, LoggedEvent } from '../src/compliance/compliance-event.ts';
import { compareFigures } from '../src/compliance/evidence/verify/compare-figures.ts';
import { RecordFacts } from '../src/compliance/evidence/verify/record-facts.ts';
import { recount } from '../src/compliance/evidence/verify/recount.ts';
import { compareKeys, keyFields } from '../src/compliance/reports/daily-report.ts';
import { figuresOf } from '../src/compliance/reports/figures.ts';
import { REPORT_GRACE_MS, reportDays } from '../src/compliance/reports/report-days.ts';
import { SqlProjector } from '../src/store/sql/sql-projector.ts';
import { SqlReportSource } from '../src/store/sql/sql-report-source.ts';
import { openTestDatabase } from './support/databases.ts';

const ZONE = 'Asia/Ho_Chi_Minh';
/** 00:00 in Vietnam. */
const STARTS_AT = Date.parse('2026-10-29T17:00:00.000Z');
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const [FROM, TO] = ['2026-10-30', '2026-11-01'];
const DAYS = 4;

const dateOf = (at: number): string => new Date(at + 7 * 3_600_000).toISOString().slice(0, 10);

const AGENTS = [
  {},
  { agent: 'agt_hn', province: 'Hà Nội', hours: '08:00-22:00' },
  { agent: 'agt_hue', province: 'Huế', hours: '08:00-22:00' },
] as const;

const subject = fc.record({
  mode: fc.constantFrom('live', 'live', 'test'),
  provider: fc.constantFrom('prv_a', 'prv_b'),
  who: fc.nat(5),
  game: fc.constantFrom('moon', 'star'),
  place: fc.constantFrom(...AGENTS),
  band: fc.constantFrom(...AGE_BANDS),
  assurance: fc.constantFrom(...ASSURANCES),
  source: fc.constantFrom('live', 'live', 'fallback'),
});
const minute = fc.nat(DAYS * 1440 - 1).map((minutes) => STARTS_AT + minutes * MINUTE_MS);
const soon = fc.oneof(fc.nat(90), fc.nat(90 * 60)).map((seconds) => seconds * 1000);
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: null });

const happening = fc.record({
  subject,
  kind: fc.constantFrom('session', 'session', 'session', 'denied', 'merged', 'corrected'),
  at: minute,
  playMs: soon,
  pauseMs: maybe(soon),
  limitBeforeMs: maybe(soon),
  orderedBeforeMs: maybe(soon),
  isEnded: fc.boolean(),
  closedAfterMs: maybe(fc.nat(6 * 60).map((minutes) => minutes * MINUTE_MS)),
  clientEndedMs: maybe(fc.integer({ min: -60, max: 60 }).map((seconds) => seconds * 1000)),
  isAcknowledged: fc.boolean(),
  overrunMs: fc.nat(100_000),
  overrunAfterMs: maybe(fc.nat(6 * 60).map((minutes) => minutes * MINUTE_MS)),
  gaps: fc.nat(2),
  reason: fc.constantFrom(...REFUSAL_REASONS),
  otherWho: fc.nat(5),
  isMovedToOther: fc.boolean(),
  deltaMs: fc.integer({ min: -60_000, max: 60_000 }),
});
type Happening = typeof happening extends fc.Arbitrary<infer Value> ? Value : never;

function eventsOf(happening: Happening, number: number): readonly { readonly at: number; readonly event: object }[] {
  const { at, kind, playMs, subject } = happening;
  const { assurance, band, game, mode, place, provider, source, who } = subject;
  const refOf = (person: number) => `${mode}_${provider}_${person}`;
  const base = { mode, provider, person: refOf(who), player: `${refOf(who)}_p`, game, band, source };
  const event = (on: number, rest: object) => ({
    at: on,
    event: { ...base, ...rest, at: formatInstant(on), date: dateOf(on) },
  });
  const text = (on: number | null) => (on === null ? null : formatInstant(on));
  // Play is split at midnight, so it never leaves its day.
  const dayEndsAt = STARTS_AT + (Math.floor((at - STARTS_AT) / DAY_MS) + 1) * DAY_MS;
  const endsAt = Math.min(at + playMs, dayEndsAt - 1);
  const span = { from: formatInstant(at), to: formatInstant(endsAt) };
  if (kind === 'denied') return [event(at, { ...place, assurance, kind, data: { reason: happening.reason } })];
  if (kind === 'corrected') {
    const isGrant = happening.isEnded;
    if (isGrant) {
      const grant = { correctionId: `c${number}`, deltaMs: 0, bonusMs: MINUTE_MS, author: 'key', reasonHash: '0' };
      return [event(at, { kind, game: undefined, data: grant })];
    }
    const data = { correctionId: `c${number}`, game, deltaMs: happening.deltaMs, author: 'key', reasonHash: '0' };
    return [event(at, { kind, data })];
  }
  if (kind === 'merged') {
    if (endsAt <= at || happening.otherWho === who) return [];
    return [event(endsAt, { kind, data: { ...span, previous: refOf(happening.otherWho) } })];
  }
  const own = { ...place, assurance, session: `ses_${number}` };
  const { closedAfterMs, clientEndedMs, gaps, isAcknowledged, isEnded, limitBeforeMs, orderedBeforeMs, overrunMs } =
    happening;
  const told = [event(at, { ...own, kind: 'opened', data: {} })];
  if (endsAt > at) told.push(event(endsAt, { ...own, kind: 'play', data: { ...span, leasedMs: 0 } }));
  for (let gap = 0; gap < gaps; gap += 1) told.push(event(endsAt, { ...own, kind: 'gap', data: span }));
  if (happening.isMovedToOther && happening.otherWho !== who && endsAt > at) {
    const person = { person: refOf(happening.otherWho), player: `${refOf(happening.otherWho)}_p` };
    told.push(event(endsAt, { ...place, ...person, kind: 'merged', data: { ...span, previous: refOf(who) } }));
  }
  if (!isEnded) return told;
  const limitAt = limitBeforeMs === null ? null : endsAt - limitBeforeMs;
  const orderedAt = orderedBeforeMs === null ? null : endsAt - orderedBeforeMs;
  const data = { cause: 'game', limitAt: text(limitAt), orderedAt: text(orderedAt), overrunMs, gaps };
  told.push(event(endsAt, { ...own, kind: 'ended', data }));
  const { overrunAfterMs } = happening;
  if (overrunAfterMs !== null && (closedAfterMs === null || overrunAfterMs < closedAfterMs)) {
    told.push(event(endsAt + overrunAfterMs, { ...own, kind: 'overrun', data: { overrunMs: overrunMs + 30_000 } }));
  }
  if (closedAfterMs === null) return told;
  const closedAt = endsAt + closedAfterMs;
  const clientEndedAt = clientEndedMs === null ? null : endsAt + clientEndedMs;
  const closed = {
    reason: 'quit',
    clientEndedAt: text(clientEndedAt),
    verdictSeq: isAcknowledged ? 3 : null,
    overrunMs: overrunMs + 40_000,
  };
  told.push(event(closedAt, { ...own, kind: 'closed', data: closed }));
  return told;
}

const withoutAbsent = (event: object): object =>
  Object.fromEntries(Object.entries(event).filter(([, value]) => value !== undefined));

function logOf(happenings: readonly Happening[]): readonly LoggedEvent[] {
  const all = happenings.flatMap(eventsOf).map((each, order) => ({ ...each, order }));
  all.sort((left, right) => left.at - right.at || left.order - right.order);
  return all.map(({ event: told }, seq) => {
    const event = { ...withoutAbsent(told), seq, entry: `p/${seq}` } as unknown as ComplianceEvent;
    return { seq, event, leaf: canonicalJson(event), personId: null, playerId: null };
  });
}

const groupings = fc.constantFrom<readonly ReportDimension[]>(
  ['day'],
  ['provider', 'game'],
  ['province', 'day'],
  ['agent'],
  ['provider', 'game', 'agent', 'province', 'day'],
);
const filters = fc.record({
  gameId: maybe(fc.constant('star')),
  agentId: maybe(fc.constant('agt_hn')),
  provinces: maybe(fc.constantFrom(['Huế'], ['Huế', 'Hà Nội'])),
  providerIds: maybe(fc.constant(['prv_a'])),
});

test('counting again from the entries gives what the gateway reports', async () => {
  await using database = await openTestDatabase();
  const { db } = database;
  const projector = new SqlProjector({ zoneOf: () => ZONE });
  const source = new SqlReportSource(db);
  const days = reportDays(ZONE, FROM, TO);
  const logs = fc.array(happening, { minLength: 1, maxLength: 60, size: 'max' });
  await fc.assert(
    fc.asyncProperty(
      logs,
      groupings,
      filters,
      async (happenings, groupBy, { agentId, gameId, providerIds, provinces }) => {
        const events = logOf(happenings);
        await db.transaction().execute(async (transaction) => {
          await projector.reset(transaction);
          await transaction.deleteFrom('events').execute();
          await projector.apply(events, transaction);
          for (const { event, leaf, seq } of events) {
            if (event.kind !== 'corrected') continue;
            const { game, mode, provider } = event;
            const at = Date.parse(event.at);
            const place = { month: 0, partition: 'p', entry_id: String(seq), seq, at, leaf, kind: event.kind };
            await transaction
              .insertInto('events')
              .values({ ...place, mode, provider_id: provider, game_id: game ?? null })
              .execute();
          }
        });
        const { rows, totals } = await source.readCells({
          mode: 'live',
          days,
          groupBy,
          providerIds,
          provinces,
          gameId,
          agentId,
        });
        const facts = new RecordFacts('live', FROM, TO);
        for (const { event } of events) facts.add(event);
        const counted = recount(facts, {
          days: days.map(({ date }) => date),
          zone: ZONE,
          graceMs: REPORT_GRACE_MS,
          groupBy,
          providerIds,
          provinces,
          filters: { providerId: null, gameId, agentId, province: null },
        });
        const statement = {
          groupBy,
          rows: rows
            .toSorted((left, right) => compareKeys(left.key, right.key))
            .map(({ cell, key }) => ({ suppressed: false, ...keyFields(groupBy, key), ...figuresOf(cell) })),
          totals: { suppressed: false, ...figuresOf(totals) },
          rowCount: rows.length,
          isLast: true,
          isWhole: true,
          canWithhold: false,
          columns: [],
        };
        const { count, problems } = compareFigures(statement, counted);
        expect(problems).toEqual([]);
        expect(count).toBeGreaterThan(20);
      },
    ),
    { numRuns: 60 },
  );
});
