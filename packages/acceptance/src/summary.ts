// What a certificate comes to, in lines for a reader: the verdict, and what it rests on.
import { type AcceptanceVerdict, type CaseResult, judge, leftOut } from './certificate.ts';
import { PUBLISHED_CASES } from './published-cases.ts';

/** 2 is taken: the cases could not be played. */
export const EXIT_CODES: Readonly<Record<AcceptanceVerdict, number>> = { accepted: 0, rejected: 1, partial: 3 };

const WORDS: Readonly<Record<AcceptanceVerdict, string>> = {
  accepted: 'accepted',
  partial: 'partial: NOT accepted, as cases were left out',
  rejected: 'NOT accepted',
};

export function summaryOf(cases: readonly CaseResult[]): readonly string[] {
  const idsOf = (outcome: CaseResult['outcome']) => cases.filter((one) => one.outcome === outcome).map(({ id }) => id);
  const groups: readonly (readonly [string, readonly string[]])[] = [
    ['passed', idsOf('passed')],
    ['failed', idsOf('failed')],
    ['skipped', idsOf('skipped')],
    ['left out', leftOut(cases)],
  ];
  const lines = groups.filter(([, ids]) => ids.length > 0).map(([name, ids]) => `  ${name}: ${ids.join(', ')}`);
  const head = `${WORDS[judge(cases)]} (${idsOf('passed').length} of ${PUBLISHED_CASES.length} cases passed)`;
  return [head, ...lines];
}
