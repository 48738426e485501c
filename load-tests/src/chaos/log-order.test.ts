import { expect, test } from 'vitest';
import { faultsOfLog, type LoggedRow } from './log-order.ts';

const KEPT = { hasKeptBooks: true };

const entry = (kind: string, at: number, entry_id: string, place: Partial<LoggedRow> = {}) => ({
  kind,
  at,
  entry_id,
  session_id: 'ses_1',
  partition: 'p007',
  ...place,
});

const logOf = (...entries: readonly Omit<LoggedRow, 'seq'>[]): readonly LoggedRow[] =>
  entries.map((row, seq) => ({ seq, ...row }));

const PLAYED = [
  entry('opened', 100, '100-0'),
  entry('play', 900, '900-0'),
  entry('paused', 900, '900-1'),
  entry('resumed', 950, '1000-0'),
  entry('ended', 1_200, '10000-0'),
  entry('closed', 1_200, '10000-1'),
];

test('a session whose entries rise is in order, whatever lies between them', () => {
  const [first, ...others] = PLAYED;
  const gateway = { partition: 'gateway', session_id: 'ses_2' };
  expect(faultsOfLog(logOf(...PLAYED), KEPT)).toEqual([]);
  expect(
    faultsOfLog(
      logOf(
        first!,
        entry('opened', 50, '50-0', { partition: 'p008', session_id: 'ses_3' }),
        entry('denied', 120, '120-0', { session_id: null }),
        // Made by a gateway, whose ids are in no order, and one whose id came twice.
        entry('opened', 800, '800-abc-2', gateway),
        entry('closed', 700, '700-abc-1', gateway),
        entry('opened', 100, '100-0~0123456789ab', { session_id: 'ses_4' }),
        ...others,
      ),
      KEPT,
    ),
  ).toEqual([]);
});

test('ids are numbers: an entry that stands behind a later one of its partition is told', () => {
  const [opened, play, ...others] = PLAYED;
  const early = entry('denied', 9_000, '9000-0', { session_id: null });
  expect(faultsOfLog(logOf(...PLAYED, early), KEPT)).toEqual(['p007: entry 9000-0, number 6, stands behind 10000-1']);
  expect(faultsOfLog(logOf(opened!, entry('play', 900, '900-2'), ...others), KEPT)).toHaveLength(1);
  expect(faultsOfLog(logOf(opened!, play!, ...others), KEPT)).toEqual([]);
});

test('a session begins with its opening, ends once and goes on after neither its end nor its close', () => {
  const told = (...entries: readonly Omit<LoggedRow, 'seq'>[]) => faultsOfLog(logOf(...entries), KEPT).join();
  expect(told(...PLAYED.slice(1))).toMatch(/ses_1: begins on record with play/);
  expect(told(PLAYED[0]!, entry('ended', 200, '200-0'), entry('play', 300, '300-0'))).toMatch(/play .*behind its end/);
  expect(told(...PLAYED, entry('overrun', 1_300, '11000-0'))).toMatch(/overrun .*behind its close/);
  expect(told(PLAYED[0]!, entry('play', 900, '200-0'), entry('play', 800, '300-0'))).toMatch(/of 800 .*of 900/);
});

test('where books were lost what comes back may be older, but neither before the opening nor out of its stream', () => {
  const restored = logOf(PLAYED[0]!, entry('ended', 900, '200-0'), entry('play', 800, '300-0'));
  expect(faultsOfLog(restored, { hasKeptBooks: false })).toEqual([]);
  expect(faultsOfLog(restored, KEPT)).toHaveLength(1);
  expect(faultsOfLog(logOf(entry('play', 1, '1-0')), { hasKeptBooks: false })).toHaveLength(1);
});

test('a hole and an entry twice are told', () => {
  const [opened, play] = logOf(...PLAYED);
  expect(faultsOfLog([opened!, { ...play!, seq: 2 }], KEPT)).toEqual(['the log has a hole, or a number twice']);
  expect(faultsOfLog([opened!, { ...opened!, seq: 1, partition: 'gateway' }], KEPT)).toEqual([]);
  const twice = logOf(
    entry('opened', 1, '1-x', { partition: 'gateway' }),
    entry('opened', 1, '1-x', { partition: 'gateway' }),
  );
  expect(faultsOfLog(twice, KEPT)).toEqual(['an entry is in the log twice']);
});
