import { OPERATIONS } from '@playgate/contract';
import { expect, it } from 'vitest';
import { refusedFrom } from './relief.ts';

const refusedAt = (level: number) =>
  OPERATIONS.filter((operation) => refusedFrom(operation) === level).map(({ operationId }) => operationId);

it('refuses reports first, then age checks, then starts', () => {
  expect(refusedAt(1)).toEqual(expect.arrayContaining(['getDailyReport', 'getEvidenceEntries']));
  expect(refusedAt(2)).toContain('createAgeVerification');
  expect(refusedAt(3)).toEqual(['openSession']);
});

it('refuses no heartbeat, no close, and nothing that ends or answers for play', () => {
  const never = OPERATIONS.filter((operation) => refusedFrom(operation) === null).map(({ operationId }) => operationId);
  expect(never).toEqual(
    expect.arrayContaining([
      'recordHeartbeat',
      'recordHeartbeats',
      'closeSession',
      'endAgentSession',
      'setGuardianRules',
    ]),
  );
});
