// What restoring waits for, and what becomes of it when the record cannot be asked. That it restores is shown by test/lost-books.test.ts.
import { dayOf, PolicyLibrary } from '@playgate/policy';
import { expect, test } from 'vitest';
import { AllowanceBook } from './allowance-book.ts';
import { BookRecovery, type BookRecoveryPorts } from './book-recovery.ts';
import { LedgerUnavailableError } from './session-store.ts';

const DAY = dayOf('Asia/Ho_Chi_Minh', Date.UTC(2026, 9, 14, 3));
const PERSON = { world: { providerId: 'prv_one', mode: 'live' }, personId: 'per_one', humanId: null } as const;
const NO_PLAY = { provider: [], games: new Map(), agents: new Map() };

function recoveryOf(changes: {
  readonly readDay?: () => Promise<typeof NO_PLAY>;
  readonly epoch?: () => string | null;
}) {
  const said: string[] = [];
  const unused = () => Promise.reject(new Error('not asked here'));
  const ports: BookRecoveryPorts = {
    store: {
      readEpoch: async () => (changes.epoch ?? (() => 'first'))(),
      restoreDay: async () => void said.push('restored'),
      restoreSession: unused,
    },
    history: { readDay: changes.readDay ?? (async () => NO_PLAY), readDayOfHuman: unused, readEnd: unused },
    record: { catchUp: async () => void said.push('caught up') },
    players: { findProfile: unused },
    allowances: new AllowanceBook(new PolicyLibrary([])),
    receipts: { issue: (_, proof) => proof, read: () => null },
  };
  return { said, recovery: new BookRecovery(ports) };
}

test('the record is brought up to date once for each epoch, and each time none is known', async () => {
  let epoch: string | null = 'first';
  const { recovery, said } = recoveryOf({ epoch: () => epoch });
  const restore = async (next: string | null) => {
    epoch = next;
    await recovery.restoreDay(PERSON, DAY);
    return said.splice(0);
  };
  expect(await restore('first')).toEqual(['caught up', 'restored']);
  expect(await restore('first')).toEqual(['restored']);
  expect(await restore('second')).toEqual(['caught up', 'restored']);
  expect(await restore(null)).toEqual(['caught up', 'restored']);
  expect(await restore(null)).toEqual(['caught up', 'restored']);
});

test('a record that cannot be read is an unavailable ledger, and nothing is restored', async () => {
  const { recovery, said } = recoveryOf({ readDay: () => Promise.reject(new Error('no database')) });
  await expect(recovery.restoreDay(PERSON, DAY)).rejects.toThrow(LedgerUnavailableError);
  expect(said).toEqual(['caught up']);
});

test('what nobody signed restores nothing', async () => {
  const { recovery } = recoveryOf({});
  const claims = { sessionId: 'ses', world: PERSON.world, gameId: 'g', playerId: 'p', metered: true, context: '' };
  expect(await recovery.restoreSession(claims, 'a receipt', DAY.startsAt)).toBe(false);
});

test('few are restored at once, many wait, more are told to come again', async () => {
  let [underWay, most] = [0, 0];
  const answers: (() => void)[] = [];
  const { recovery, said } = recoveryOf({
    readDay: async () => {
      most = Math.max(most, ++underWay);
      await new Promise<void>((resolve) => answers.push(resolve));
      underWay--;
      return NO_PLAY;
    },
  });
  const outcomes = Promise.allSettled(Array.from({ length: 2_100 }, () => recovery.restoreDay(PERSON, DAY)));
  let isOver = false;
  void outcomes.then(() => {
    isOver = true;
  });
  while (!isOver) {
    for (const answer of answers.splice(0)) answer();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const refused = (await outcomes).filter(({ status }) => status === 'rejected').length;
  expect({ most, refused, restored: said.filter((what) => what === 'restored').length }).toEqual({
    most: 32,
    refused: 2_100 - 2_032,
    restored: 2_032,
  });
});
