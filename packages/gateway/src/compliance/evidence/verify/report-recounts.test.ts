import { canonicalJson, REFUSAL_REASONS } from '@playgate/policy';
import { describe, expect, it } from 'vitest';
import type { ComplianceEvent } from '../../compliance-event.ts';
import { sampleEvents } from '../testing/sample-log.ts';
import { RecordFacts } from './record-facts.ts';
import { recount } from './recount.ts';
import { ReportRecounts } from './report-recounts.ts';

const DAY = '2026-10-01';
const events = [...sampleEvents(40)];
const filters = { providerId: null, gameId: null, agentId: null, province: null };
const head = {
  report: 'daily',
  from: DAY,
  to: DAY,
  zone: 'Asia/Ho_Chi_Minh',
  mode: 'live',
  scope: { providerIds: null, provinces: null },
  filters,
  closed: true,
  closesAt: '2026-10-01T20:00:00.000Z',
  revision: 1,
  entries: events.length,
  graceMs: 10_800_000,
  cellPeopleMin: null,
  groupBy: ['game'],
};

function figuresOf(counted: ReadonlyMap<string, number | null>) {
  const nested = (name: string, parts: readonly string[], none: number | null) => ({
    [name]: Object.fromEntries(parts.map((part) => [part, counted.get(`${name}.${part}`) ?? none])),
  });
  const plain = ['players', 'minors', 'sessions', 'playMs', 'limitReached', 'overrunMs', 'unacknowledgedEnds'];
  const others = ['fallbackDecisions', 'gaps', 'agentHourBreaches', 'correctionsMs'];
  const spans = ['timeToEnforceMs', 'limitToOrderMs', 'orderToEndMs'];
  return {
    suppressed: false,
    ...Object.fromEntries([...plain, ...others].map((name) => [name, counted.get(name) ?? 0])),
    fallbackShare: counted.get('fallbackShare') ?? null,
    ...nested('deniedByReason', REFUSAL_REASONS, 0),
    ...nested('assurance', ['declared', 'attested', 'document', 'wallet'], 0),
    ...Object.assign({}, ...spans.map((name) => nested(name, ['p50', 'p95', 'max'], null))),
  };
}

const facts = new RecordFacts('live', DAY, DAY);
for (const event of events) facts.add(event);
const query = {
  days: [DAY],
  zone: head.zone,
  graceMs: head.graceMs,
  groupBy: ['game'],
  providerIds: null,
  provinces: null,
};
const counted = recount(facts, { ...query, filters });
const rows = [...counted.rows]
  .map(([name, figures]) => ({ gameId: (JSON.parse(name) as string[])[0]!, ...figuresOf(figures) }))
  .sort((left, right) => (left.gameId < right.gameId ? -1 : 1));
const totals = figuresOf(counted.totals);
const good = { ...head, rows, rowCount: rows.length, totals, nextCursor: null };

function stateOf(report: object, log: readonly ComplianceEvent[] = events) {
  const content = Buffer.from(canonicalJson(report as never));
  const recounts = new ReportRecounts([{ name: 'days.json', content, signature: '' }], true);
  for (const event of log) recounts.add(event);
  return recounts.finish(true)[0]!;
}

describe('a report', () => {
  it('follows from the entries, whole or in pages', () => {
    expect(rows.length).toBeGreaterThan(3);
    expect(stateOf(good)).toMatchObject({ state: 'ok' });
    expect(stateOf({ ...good, rows: rows.slice(0, 2), nextCursor: 'abc' })).toMatchObject({ state: 'ok' });
    expect(stateOf({ ...good, rows: rows.slice(2, 4), nextCursor: 'abc' })).toMatchObject({ state: 'ok' });
    expect(stateOf({ ...good, rows: rows.slice(2) })).toMatchObject({ state: 'ok' });
  });

  const withheld = { ...rows[0], ...nulled(rows[0]!), gameId: rows[0]!.gameId, suppressed: true };
  it.each<[string, object]>([
    ['an unknown zone', { zone: 'Mars/Olympus' }],
    ['days the wrong way round', { to: '2026-09-30' }],
    ['more days than a report has', { to: '9999-12-31' }],
    ['a row twice', { rows: [rows[0], ...rows] }],
    ['a row twice instead of another', { rows: [rows[0], ...rows.slice(0, -1)] }],
    ['the first row missing and counted off', { rows: rows.slice(1), rowCount: rows.length - 1 }],
    ['the last row missing', { rows: rows.slice(0, -1) }],
    ['a row in the middle of a page missing', { rows: [rows[0], rows[2]], nextCursor: 'abc' }],
    ['rows out of order', { rows: rows.toReversed() }],
    ['a row too many', { rows: [...rows, { ...figuresOf(new Map()), gameId: 'z' }], rowCount: rows.length + 1 }],
    ['a wrong rowCount', { rowCount: rows.length + 1 }],
    ['more to come after the last', { nextCursor: 'abc' }],
    ['an unknown reason', { totals: { ...totals, deniedByReason: { ...totals.deniedByReason, bored: 0 } } }],
    ['an unknown figure', { totals: { ...totals, joy: 1 } }],
    ['a figure missing', { totals: { ...totals, playMs: undefined } }],
    ['totals changed', { totals: { ...totals, playMs: 1 } }],
    ['another dimension', { rows: rows.map((row) => ({ ...row, day: DAY })) }],
    ['a row withheld where nothing is', { rows: [withheld, ...rows.slice(1)] }],
    ['figures of what is withheld', { cellPeopleMin: 5, rows: [{ ...rows[0], suppressed: true }, ...rows.slice(1)] }],
  ])('with %s fails', (_, change) => {
    expect(stateOf(JSON.parse(JSON.stringify({ ...good, ...change })) as object)).toMatchObject({ state: 'failed' });
  });

  it('is not checked where every figure is withheld, and says of how many rows where some are', () => {
    const hide = (row: object) => ({ ...row, ...nulled(figuresOf(new Map())), suppressed: true });
    const someHidden = { ...good, cellPeopleMin: 5, rows: [hide(rows[0]!), ...rows.slice(1)] };
    expect(stateOf(someHidden)).toMatchObject({ state: 'ok' });
    expect(stateOf(someHidden).detail).toMatch(/^\d+ figures follow .*not checked: 1 rows$/);
    const allHidden = { ...good, cellPeopleMin: 5, rows: rows.map(hide), totals: hide(totals) };
    expect(stateOf(allHidden)).toMatchObject({ state: 'not_checked' });
    expect(stateOf(allHidden).detail).toContain('withheld');
    expect(stateOf({ ...allHidden, rows: rows.slice(1).map(hide), rowCount: rows.length - 1 })).toMatchObject({
      state: 'failed',
    });
  });

  it('rests on the entries it names: what came later changes nothing, and it takes all of them', () => {
    const late = { ...events[0]!, seq: events.length, session: 'ses_late' } as ComplianceEvent;
    expect(stateOf(good, [...events, late])).toMatchObject({ state: 'ok' });
    expect(stateOf({ ...good, entries: events.length + 1 }, [...events, late])).toMatchObject({ state: 'failed' });
    expect(stateOf(good, events.slice(0, 8))).toMatchObject({ state: 'not_checked' });
  });

  it('counts no grant as a correction', () => {
    const { entry, mode, person, player, provider } = events[0] as Extract<ComplianceEvent, { kind: 'opened' }>;
    const at = '2026-10-01T03:00:00.000Z';
    const data = { correctionId: 'cor', deltaMs: 0, bonusMs: 60_000, author: 'guardian', reasonHash: 'a' };
    const subject = { mode, provider, person, player };
    const grant = { ...subject, seq: 40, entry, kind: 'corrected', at, date: DAY, source: 'live', data } as const;
    expect(stateOf(good, [...events, grant])).toMatchObject({ state: 'ok' });
  });
});

function nulled(row: object): object {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      typeof value === 'object' && value !== null ? nulled(value) : null,
    ]),
  );
}
