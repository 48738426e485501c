// What the stream says, replayed, is the live ledger, once every session has ended; whatever was repeated on the way.
import { type ReplayEntry, replay } from '@playgate/policy';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { systemClock } from '../src/clock.ts';
import type { StreamEntry } from '../src/sessions/session-store.ts';
import { MemorySessionStore } from '../src/store/memory/memory-session-store.ts';
import { beat, newPerson, openRequest, planFor, TODAY, TOMORROW } from './support/ledger-fixtures.ts';

const RUNS = 1_000;
const command = fc.record({
  stepMs: fc.constantFrom(0, 1, 15_000, 30_000, 90_000, 90_001, 200_000, 400_000),
  device: fc.nat(3),
  kind: fc.constantFrom('active', 'active', 'active', 'paused'),
  isRepeated: fc.boolean(),
});

type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never;

const planAt = (now: number) =>
  planFor(now < TODAY.endsAt ? TODAY : TOMORROW, {
    limitMs: { game: 900_000, provider: 1_800_000, agent: null, person: null },
  });

async function playAndClose(store: MemorySessionStore, person: string, commands: readonly Command[]): Promise<void> {
  let now = TODAY.endsAt - 600_000;
  const sessions = new Map<number, { sessionId: string; seq: number }>();
  const record = async (sessionId: string, seq: number, kind: 'active' | 'paused' | 'close') => {
    const request = beat(sessionId, seq, now, {
      kind,
      close: kind === 'close' ? { reason: 'quit', clientEndedAt: null, verdictSeq: null } : null,
    });
    const [reply] = await store.recordBeats([request]);
    if (reply?.status === 'stale')
      await store.recordBeats([{ ...request, renewal: { plan: planAt(now), context: 'next' } }]);
  };
  for (const { device, isRepeated, kind, stepMs } of commands) {
    now += stepMs;
    const session = sessions.get(device);
    if (session === undefined) {
      const request = openRequest(store, person, {
        plan: planAt(now),
        now,
        identity: { gameId: `gam_${device % 2}`, agentId: device === 3 ? 'agt_1' : null },
      });
      const { status } = await store.open(request);
      if (status === 'opened') sessions.set(device, { sessionId: request.identity.sessionId, seq: 0 });
      continue;
    }
    await record(session.sessionId, isRepeated ? session.seq : ++session.seq, kind);
  }
  for (const { sessionId, seq } of sessions.values()) await record(sessionId, seq + 1, 'close');
}

function replayEntry({ fields }: StreamEntry): ReplayEntry[] {
  if (fields.kind !== 'play') return [];
  const session = { personId: fields.person!, gameId: fields.game!, agentId: fields.agent || null };
  const played = { date: fields.date!, startsAt: Number(fields.from), endsAt: Number(fields.to) };
  return [{ session, entry: { kind: 'play', ...played } }];
}

test('replay(entries) equals the live ledger, entries repeated or not', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 2, maxLength: 40 }), async (commands) => {
      const store = new MemorySessionStore(systemClock);
      const person = newPerson();
      await playAndClose(store, person, commands);
      const entries = (await store.readEntries('memory', 100_000)).flatMap(replayEntry);
      const replayed = replay([...entries, ...entries]).get(person);
      for (const day of [TODAY, TOMORROW]) {
        const live = await store.readDay(person, day.date);
        const empty = { provider: [], games: new Map(), agents: new Map() };
        expect(replayed?.get(day.date) ?? empty).toEqual(live);
      }
    }),
    { numRuns: RUNS, seed: 20261015 },
  );
});
