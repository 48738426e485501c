import { type LocalGateway, startLocalGateway } from '@playgate/sdk/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { templatePath } from '../../gateway/test/support/databases.ts';
import {
  type CaseId,
  type Certificate,
  createReferenceDriver,
  type Driver,
  isIntact,
  PUBLISHED_CASES,
  runAcceptance,
} from '../src/index.ts';
import {
  countsByItself,
  endsWithTheNetwork,
  hidesDenials,
  hidesNotices,
  hidesRating,
  leavesWithoutClosing,
  playsOn,
  translatesNotices,
  trustsNoLease,
} from './broken-drivers.ts';

const RUN_MS_MAX = 600_000;

let gateway: LocalGateway;
let stationToken: string;

beforeAll(async () => {
  gateway = await startLocalGateway({ databaseTemplate: await templatePath() });
  ({ stationToken } = await gateway.createStation());
});
afterAll(() => gateway.stop());

function run(driver: Driver, only?: readonly CaseId[], seat: string | null = stationToken): Promise<Certificate> {
  const { publishableKey, secretKey, url } = gateway;
  const chosen = only === undefined ? {} : { only };
  return runAcceptance({ driver, gateway: { url, secretKey, publishableKey }, stationToken: seat, ...chosen });
}

const failedIn = ({ cases }: Certificate) => cases.flatMap(({ id, outcome }) => (outcome === 'failed' ? [id] : []));

test(
  'the reference integration passes every case',
  async () => {
    const certificate = await run(createReferenceDriver());
    expect(certificate.cases.map(({ id, outcome, why }) => ({ id, outcome, why }))).toEqual(
      PUBLISHED_CASES.map(({ id }) => ({ id, outcome: 'passed', why: null })),
    );
    expect(certificate).toMatchObject({ verdict: 'accepted', time: 'virtual', policy: { id: 'vn-147-2024' } });
    expect(certificate.cases.every(({ observations }) => observations.length > 0)).toBe(true);
    expect(isIntact(certificate)).toBe(true);
    expect(isIntact({ ...certificate, verdict: 'rejected' })).toBe(false);
  },
  RUN_MS_MAX,
);

test.each<[() => Driver, readonly CaseId[], readonly CaseId[]]>([
  [
    playsOn,
    ['start_allowed', 'limit_end', 'two_devices', 'agent_closed'],
    ['limit_end', 'two_devices', 'agent_closed'],
  ],
  [hidesNotices, ['warning_shown', 'notice_shown', 'adult_notice'], ['notice_shown', 'adult_notice']],
  [
    hidesDenials,
    ['denial_shown', 'unverified_denied', 'rating_denied'],
    ['denial_shown', 'unverified_denied', 'rating_denied'],
  ],
  [translatesNotices, ['warning_shown', 'notice_shown', 'adult_notice'], ['notice_shown', 'adult_notice']],
  [endsWithTheNetwork, ['start_allowed', 'offline_lease'], ['offline_lease']],
  [hidesRating, ['start_allowed', 'rating_shown'], ['rating_shown']],
  [trustsNoLease, ['offline_short', 'offline_lease'], ['offline_lease']],
  [countsByItself, ['start_allowed', 'midnight'], ['midnight']],
  [leavesWithoutClosing, ['start_allowed', 'quit_closes'], ['quit_closes']],
])(
  '%o fails the right cases',
  async (breakDriver, only, failing) => {
    const certificate = await run(breakDriver(), only);
    expect(failedIn(certificate)).toEqual(failing);
    expect(certificate.verdict).toBe('rejected');
  },
  RUN_MS_MAX,
);

test('an integration that falls over fails the case, with its words', async () => {
  const start = () => Promise.reject(new Error('no such scene'));
  const certificate = await run({ ...createReferenceDriver(), start }, ['start_allowed']);
  expect(certificate.cases[0]).toMatchObject({ outcome: 'failed', why: expect.stringContaining('no such scene') });
});

test('without a seat the case about cafés is skipped, and the certificate says so', async () => {
  const certificate = await run(createReferenceDriver(), ['agent_closed'], null);
  expect(certificate.cases).toMatchObject([{ outcome: 'skipped', why: expect.stringContaining('station') }]);
});

test('an integration whose clock cannot be moved is waited for', async () => {
  const { advance: _left, ...driver } = createReferenceDriver();
  const certificate = await run(driver, ['start_allowed']);
  expect(certificate).toMatchObject({ verdict: 'partial', time: 'real', cases: [{ outcome: 'passed' }] });
});
