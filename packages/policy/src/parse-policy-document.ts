// A policy document as a whole: its fields, and the rules that hold between them. Nothing is filled in: every field of a
// rule must be written and unknown ones are refused, because a rule that was silently dropped is a rule that is not kept.
import type { AgeBandRange, PolicyDocument } from './policy-document.ts';
import * as part from './policy-fields.ts';
import {
  type FieldProblem,
  integer,
  listOf,
  nullable,
  object,
  oneOf,
  type Reader,
  type Rule,
  textMatching,
  UNREAD,
} from './read-fields.ts';
import { DAY_MS } from './time.ts';
import { isZone } from './zone.ts';

/** Everything that is wrong with a policy document, with paths. */
export class PolicyDocumentError extends Error {
  override readonly name = 'PolicyDocumentError';
  readonly code = 'invalid_policy_document';
  readonly problems: readonly FieldProblem[];

  constructor(problems: readonly FieldProblem[]) {
    super(`policy document refused: ${problems.map(({ path, message }) => `${path} ${message}`.trim()).join('; ')}`);
    this.problems = problems;
  }
}

/** Throws a PolicyDocumentError that lists all problems, not only the first. */
export function parsePolicyDocument(value: unknown): PolicyDocument {
  const problems: FieldProblem[] = [];
  const document = policyDocument(value, '', problems);
  if (document === UNREAD) throw new PolicyDocumentError(problems);
  return document;
}

const rules: readonly Rule<PolicyDocument>[] = [
  {
    path: 'effectiveTo',
    needs: ['effectiveFrom', 'effectiveTo'],
    findProblem: ({ effectiveFrom, effectiveTo }) =>
      effectiveTo !== null && effectiveTo < effectiveFrom ? 'must not be before effectiveFrom' : null,
  },
  {
    path: 'minorBelow',
    needs: ['minorBelow', 'bands'],
    findProblem: (fields) => (isBandEdge(fields.bands, fields.minorBelow) ? null : 'must be an edge of bands'),
  },
  {
    path: 'identity.guardianRequiredBelow',
    needs: ['identity', 'bands'],
    findProblem: ({ identity: { guardianRequiredBelow }, bands: edges }) =>
      guardianRequiredBelow === null || isBandEdge(edges, guardianRequiredBelow) ? null : 'must be an edge of bands',
  },
  {
    path: 'minStartMs',
    needs: ['minStartMs', 'budgets'],
    findProblem: ({ minStartMs, budgets }) =>
      budgets.some(({ limitMs }) => limitMs < minStartMs) ? 'must not be above the limit of a budget' : null,
  },
  {
    path: 'calendar',
    needs: ['calendar', 'windows'],
    findProblem: (fields) =>
      fields.calendar === null &&
      fields.windows.some(({ days }) => days.includes('holiday') || days.includes('workday'))
        ? 'must be given where a window names holiday or workday'
        : null,
  },
  { path: 'retention', needs: ['retention', 'jurisdiction'], findProblem: part.findRetentionProblem },
];

const policyDocument: Reader<PolicyDocument> = object<PolicyDocument>(
  {
    id: part.id,
    version: integer(1, 1_000_000),
    title: part.prose,
    jurisdiction: textMatching(16, 'a code such as VN or CN', (text) => /^[A-Z]{2}(-[A-Z0-9]{1,8})?$/.test(text)),
    effectiveFrom: part.date,
    effectiveTo: nullable(part.date),
    zone: textMatching(64, 'an IANA zone', isZone),
    minorBelow: part.age,
    bands: part.bands,
    budgets: listOf(part.budget, 0, part.ITEMS_MAX, part.uniqueIds),
    windows: listOf(part.window, 0, part.ITEMS_MAX, part.uniqueIds),
    calendar: nullable(part.calendar),
    identity: part.identity,
    ratings: part.ratings,
    notices: listOf(part.notice, 0, part.ITEMS_MAX, part.uniqueIds),
    warningsMs: part.warningsMs,
    concurrency: oneOf(['union', 'forbid', 'takeover']),
    minStartMs: integer(0, DAY_MS),
    heartbeat: part.heartbeat,
    agent: nullable(part.agent),
    spendCaps: part.spendCaps,
    retention: listOf(part.retention, 0, part.ITEMS_MAX),
    references: listOf(part.reference, 0, part.ITEMS_MAX),
    citations: part.citations,
  },
  rules,
  ['citations'],
);

function isBandEdge(ranges: readonly AgeBandRange[], edge: number): boolean {
  return ranges.some(({ fromAge }) => fromAge === edge);
}
