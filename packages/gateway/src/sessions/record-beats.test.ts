// What becomes of beats beside one that fails. That plans are renewed at all is shown by the gateway's tests of days and birthdays.
import { expect, test } from 'vitest';
import { beat, newPerson, openRequest, planFor, TODAY } from '../../test/support/ledger-fixtures.ts';
import { systemClock } from '../clock.ts';
import { Fault } from '../fault.ts';
import { MemorySessionStore } from '../store/memory/memory-session-store.ts';
import { onlyReply, type RecordingPorts, recordRenewed } from './record-beats.ts';
import { type BeatRequest, LedgerUnavailableError } from './session-store.ts';

const NOON = TODAY.startsAt + 12 * 3_600_000;
const AWAY = new LedgerUnavailableError('away');
const NOT_IN_FORCE = new Fault('unprocessable', 'not in force');

/** Sessions of which the first has a plan that holds, and the others none. */
async function openSessions(count: number) {
  const store = new MemorySessionStore(systemClock);
  const requests = Array.from({ length: count }, (_, index) =>
    openRequest(store, newPerson(), {
      plan: planFor(TODAY, index === 0 ? {} : { validUntilAt: NOON }),
      now: NOON - 1_000,
    }),
  );
  for (const request of requests) await store.open(request);
  return { store, beats: requests.map(({ identity }) => beat(identity.sessionId, 1, NOON)) };
}

const renewed = (request: BeatRequest): BeatRequest => ({
  ...request,
  renewal: { plan: planFor(TODAY), context: 'renewed' },
});

test('one for which there are no rules any more is refused alone', async () => {
  const { beats, store } = await openSessions(3);
  const renew: RecordingPorts['renew'] = async (request) => {
    if (request === beats[1]) throw NOT_IN_FORCE;
    return renewed(request);
  };
  const outcomes = await recordRenewed({ store, renew }, beats);
  expect(outcomes).toMatchObject([
    { status: 'recorded' },
    { status: 'failed', error: NOT_IN_FORCE },
    { status: 'recorded' },
  ]);
  await expect(recordRenewed({ store, renew }, [beats[1]!]).then(onlyReply)).rejects.toBe(NOT_IN_FORCE);
});

test.each([
  ['all of those', (count: number) => (count === 2 ? Promise.reject(AWAY) : null)],
  [
    'each of those',
    (count: number) => (count === 2 ? Promise.resolve(Array(2).fill({ status: 'failed', error: AWAY })) : null),
  ],
])('books that are gone when renewed ones are sent again fail %s, and no others', async (_how, answer) => {
  const { beats, store } = await openSessions(3);
  const recordBeats = async (requests: readonly BeatRequest[]) =>
    (await answer(requests.length)) ?? store.recordBeats(requests);
  const outcomes = await recordRenewed({ store: { recordBeats }, renew: async (request) => renewed(request) }, beats);
  expect(outcomes).toMatchObject([
    { status: 'recorded' },
    { status: 'failed', error: AWAY },
    { status: 'failed', error: AWAY },
  ]);
});

test('one whose new plan has run out as well can be sent again', async () => {
  const { beats, store } = await openSessions(2);
  const renew: RecordingPorts['renew'] = async (request) => ({
    ...request,
    renewal: { plan: planFor(TODAY, { validUntilAt: NOON }), context: 'old' },
  });
  const outcomes = await recordRenewed({ store, renew }, beats);
  expect(outcomes).toMatchObject([
    { status: 'recorded' },
    { status: 'failed', error: { name: 'LedgerUnavailableError' } },
  ]);
});

test('books that cannot be asked for any are no outcome of each', async () => {
  const { beats } = await openSessions(2);
  const recording = {
    store: { recordBeats: () => Promise.reject(AWAY) },
    renew: async (request: BeatRequest) => request,
  };
  await expect(recordRenewed(recording, beats)).rejects.toBe(AWAY);
});

test('what went wrong in the program is not taken for an outcome', async () => {
  const { beats, store } = await openSessions(2);
  const renew = () => Promise.reject(new TypeError('a bug'));
  await expect(recordRenewed({ store, renew }, beats)).rejects.toThrow('a bug');
});
