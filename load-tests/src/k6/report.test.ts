import { expect, it } from 'vitest';
import { figuresOf, type SummaryData } from '../../k6/report/figures.ts';
import { pageOf } from '../../k6/report/page.ts';

const counter = (count: number, ok: boolean) =>
  ({ type: 'counter', contains: 'default', values: { count }, thresholds: { 'count<=2': { ok } } }) as const;

const SUMMARY: SummaryData = {
  state: { testRunDurationMs: 1 },
  metrics: {
    http_reqs: { type: 'counter', contains: 'default', values: { count: 12 } },
    http_req_blocked: { type: 'trend', contains: 'time', values: { max: 1 } },
    answered_wrong: { type: 'rate', contains: 'default', values: { rate: 0.25, passes: 3, fails: 9 } },
    heartbeat_ms: {
      type: 'trend',
      contains: 'time',
      values: { count: 7, 'p(99)': 1.23456 },
      thresholds: { 'p(99)<=5': { ok: true } },
    },
    'due{second:0}': counter(2, true),
    'due{second:1}': counter(3, false),
    'due{second:2}': counter(0, true),
  },
};

it('tells figures with a threshold first, rates with their number, and a count by the second as its busiest one', () => {
  expect(figuresOf(SUMMARY)).toEqual([
    {
      name: 'due in the busiest second',
      unit: '',
      values: { count: 3, seconds: 2 },
      thresholds: { 'count<=2': false },
    },
    { name: 'heartbeat_ms', unit: 'ms', values: { 'p(99)': 1.235, count: 7 }, thresholds: { 'p(99)<=5': true } },
    { name: 'answered_wrong', unit: '', values: { rate: 0.25, of: 12 }, thresholds: {} },
    { name: 'http_reqs', unit: '', values: { count: 12 }, thresholds: {} },
  ]);
});

it('makes a page that takes no text for markup and needs nothing from elsewhere', () => {
  const report = { isMet: false, settings: {}, durationMs: 1, figures: figuresOf(SUMMARY) };
  const page = pageOf({ ...report, scenario: '<b>', run: { cpu: 'A & "B"' } });
  expect(page).toContain('Load test: &lt;b&gt;');
  expect(page).toContain('A &amp; &quot;B&quot;');
  expect(page).toContain('count&lt;=2: falls short');
  expect(page).toContain('p(99) 1.235 ms &middot; count 7<');
  expect(page).not.toMatch(/<script|https?:|<b>/);
});
