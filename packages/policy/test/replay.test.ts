import { accountsOf, EMPTY_DAY, measureIntervals, type ReplayEntry, replay } from '@playgate/policy';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const DATE = '2026-03-02';
const at = (minutes: number) => Date.UTC(2026, 2, 2, 3, minutes);

function played(gameId: string, from: number, to: number, agentId: string | null = null): ReplayEntry {
  return {
    session: { personId: 'mai', gameId, agentId },
    entry: { kind: 'play', date: DATE, startsAt: at(from), endsAt: at(to) },
  };
}

function minutesOf(entries: readonly ReplayEntry[], gameId: string, agentId: string | null = null) {
  const accounts = accountsOf(replay(entries), { personId: 'mai', gameId, agentId }, DATE);
  const minutes = (scope: 'game' | 'provider' | 'agent') => measureIntervals(accounts[scope]) / 60_000;
  return { game: minutes('game'), provider: minutes('provider'), agent: minutes('agent') };
}

describe('replay', () => {
  it('counts two games at once as 30, 30 and 40 minutes', () => {
    const entries = [played('a', 0, 30), played('b', 10, 40)];
    expect(minutesOf(entries, 'a')).toEqual({ game: 30, provider: 40, agent: 0 });
    expect(minutesOf(entries, 'b')).toEqual({ game: 30, provider: 40, agent: 0 });
  });

  it('counts one game on two devices as 40 minutes', () => {
    expect(minutesOf([played('a', 0, 30), played('a', 10, 40)], 'a').game).toBe(40);
  });

  it('keeps the account of each agent apart', () => {
    const entries = [played('a', 0, 30, 'cafe'), played('a', 30, 40, 'club'), played('a', 50, 60)];
    expect(minutesOf(entries, 'a', 'cafe')).toEqual({ game: 50, provider: 50, agent: 30 });
    expect(minutesOf(entries, 'a', 'club').agent).toBe(10);
    expect(minutesOf(entries, 'a').agent).toBe(0);
  });

  it('keeps people and days apart', () => {
    const ledger = replay([played('a', 0, 30)]);
    expect(accountsOf(ledger, { personId: 'nam', gameId: 'a', agentId: null }, DATE)).toEqual(EMPTY_DAY);
    expect(accountsOf(ledger, { personId: 'mai', gameId: 'a', agentId: null }, '2026-03-03')).toEqual(EMPTY_DAY);
  });

  it('adds nothing for entries that are no play', () => {
    const { session } = played('a', 0, 1);
    const gap: ReplayEntry = { session, entry: { kind: 'gap', startsAt: at(0), endsAt: at(9) } };
    expect(replay([gap]).size).toBe(0);
  });

  it('does not depend on order or repetition', () => {
    const entry = fc
      .tuple(fc.constantFrom('a', 'b'), fc.nat(500), fc.integer({ min: 1, max: 60 }), fc.constantFrom(null, 'cafe'))
      .map(([gameId, from, length, agentId]) => played(gameId, from, from + length, agentId));
    fc.assert(
      fc.property(fc.array(entry), fc.array(fc.nat()), (entries, picks) => {
        const again = picks.flatMap((pick) => (entries.length === 0 ? [] : [entries[pick % entries.length]!]));
        expect(replay([...again, ...[...entries].reverse()])).toEqual(replay([...entries, ...entries]));
      }),
    );
  });
});
