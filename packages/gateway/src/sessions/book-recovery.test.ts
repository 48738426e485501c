// What restoring waits for, and what becomes of it when the record cannot be asked. That it restores is shown by test/lost-books.test.ts.
import { dayOf, PolicyLibrary } from '@playgate/policy';
import { expect, test, vi } from 'vitest';
import { AllowanceBook } from './allowance-book.ts';
import { BEAT_WAIT_MS_MAX } from './beat-wait.ts';
import { BookRecovery, type BookRecoveryPorts, RESTORE_MS_MAX } from './book-recovery.ts';
import { encodeProof } from './proof-text.ts';
import { LedgerUnavailableError } from './session-store.ts';

const DAY = dayOf('Asia/Ho_Chi_Minh', Date.UTC(2026, 9, 14, 3));
const PERSON = { world: { providerId: 'prv_one', mode: 'live' }, personId: 'per_one', humanId: null } as const;
const PROOF = encodeProof({
  agentId: null,
  stationId: null,
  proof: {
    ...{ seq: 1, state: 'active', pace: 1, isWarned: false, date: DAY.date, recent: [] },
    ...{ openedAt: DAY.startsAt, lastBeatAt: DAY.startsAt, leaseEndsAt: DAY.startsAt, runStartsAt: null },
    ...{ runLeasedMs: 0, overrunMs: 0, gaps: 0 },
  },
});
const NO_PLAY = { provider: [], games: new Map(), agents: new Map() };

function recoveryOf(changes: {
  readonly readDay?: () => Promise<typeof NO_PLAY>;
  readonly epoch?: () => string | null;
  readonly findProfile?: () => Promise<never>;
  /** Of any receipt. Default: none is one. */
  readonly proof?: string;
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
    players: { findProfile: changes.findProfile ?? unused },
    allowances: new AllowanceBook(new PolicyLibrary([])),
    receipts: { issue: (_, proof) => proof, read: () => changes.proof ?? null },
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
  expect(await recovery.restoreSession(claims, 'a receipt', { now: DAY.startsAt })).toBe(false);
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

test('a record that hangs keeps nobody waiting for longer than told, and holds no more turns than there are', async () => {
  vi.useFakeTimers();
  try {
    const answers: (() => void)[] = [];
    const { recovery, said } = recoveryOf({
      readDay: () => new Promise((resolve) => answers.push(() => resolve(NO_PLAY))),
    });
    const refused = () =>
      recovery.restoreDay(PERSON, DAY).then(
        () => null,
        (error: unknown) => error,
      );
    const hung = Promise.all(Array.from({ length: 100 }, refused));
    await vi.advanceTimersByTimeAsync(RESTORE_MS_MAX + 1);
    for (const error of await hung) expect(error).toBeInstanceOf(LedgerUnavailableError);
    expect(answers).toHaveLength(32);
    // As long as all of them hang, nobody waits at all; those who gave up have left the line.
    expect(await refused()).toBeInstanceOf(LedgerUnavailableError);
    for (const answer of answers.splice(0)) answer();
    await vi.advanceTimersByTimeAsync(1);
    // What was given up has come to its end all the same.
    expect(said.filter((what) => what === 'restored')).toHaveLength(32);
    const next = refused();
    await vi.advanceTimersByTimeAsync(1);
    for (const answer of answers.splice(0)) answer();
    expect(await next).toBeNull();
  } finally {
    vi.useRealTimers();
  }
});

test('a heartbeat waits no longer for it than the rest of its time', async () => {
  vi.useFakeTimers();
  try {
    const { recovery } = recoveryOf({ findProfile: () => new Promise(() => undefined), proof: PROOF });
    const claims = { sessionId: 'ses', world: PERSON.world, gameId: 'g', playerId: 'p', metered: true, context: '' };
    const request = { now: DAY.startsAt, sinceMs: performance.now() - BEAT_WAIT_MS_MAX + 100 };
    const outcome = recovery.restoreSession(claims, 'a receipt', request).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(101);
    expect(await outcome).toBeInstanceOf(LedgerUnavailableError);
  } finally {
    vi.useRealTimers();
  }
});
