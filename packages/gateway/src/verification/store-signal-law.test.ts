// The law of store signals: whatever else is known, and whenever they come, they make nobody older, and they say nothing
// against a source that is better than declared.
import type { CalendarDate } from '@playgate/policy';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Assurance } from '../directory/directory.ts';
import { addClaim, canBeSame } from './combine-sources.ts';
import type { IdentityClaim, PlayerIdentity } from './identity-claim.ts';

interface Said {
  readonly method: string;
  readonly claim: IdentityClaim;
}

const NOTHING_ELSE = { phone: null, guardian: null, nationalId: null } as const;

const day = fc
  .date({ min: new Date('1980-01-01'), max: new Date('2026-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

const exact = (method: string, assurance: Assurance): fc.Arbitrary<Said> =>
  day.map((birthDate) => ({ method, claim: { birthDate, assurance, ...NOTHING_ELSE } }));

/** A range, open at its end for adults. */
const ranged = (method: string, assurance: Assurance): fc.Arbitrary<Said> =>
  fc.tuple(day, day, fc.boolean()).map(([left, right, isOpen]) => {
    const [from = left, birthDate = right] = [left, right].sort();
    return { method, claim: { birthDate, bornFrom: isOpen ? null : from, assurance, ...NOTHING_ELSE } };
  });

const signal = ranged('store_signal', 'declared');
const declared = exact('attested', 'declared');
const better = fc.oneof(exact('attested', 'attested'), exact('oidc', 'document'), ranged('wallet', 'wallet'));

function identityAfter(history: readonly Said[]): PlayerIdentity | null {
  return history.reduce<PlayerIdentity | null>((known, { method, claim }) => addClaim(known, method, claim), null);
}

const isSignal = ({ method }: Said) => method === 'store_signal';
const birthDateAfter = (history: readonly Said[]): CalendarDate | null => identityAfter(history)?.birthDate ?? null;

describe('a store signal', () => {
  it('makes nobody older than they would be without it', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(signal, declared, better), { maxLength: 8 }), (history) => {
        const without = birthDateAfter(history.filter((said) => !isSignal(said)));
        fc.pre(without !== null);
        expect(birthDateAfter(history)! >= without!).toBe(true);
      }),
    );
  });

  it('changes nothing beside a better source, before or after it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(signal, declared), { maxLength: 4 }),
        better,
        fc.array(fc.oneof(signal, declared, better), { maxLength: 4 }),
        (before, good, after) => {
          const history = [...before, good, ...after];
          expect(birthDateAfter(history)).toBe(birthDateAfter(history.filter((said) => !isSignal(said))));
        },
      ),
    );
  });

  it('tightens what was declared exactly where it contradicts it, whichever came first', () => {
    fc.assert(
      fc.property(signal, declared, (hint, said) => {
        const isTighter = !canBeSame(hint.claim, said.claim) && hint.claim.birthDate > said.claim.birthDate;
        const expected = isTighter ? hint.claim.birthDate : said.claim.birthDate;
        expect(birthDateAfter([said, hint])).toBe(expected);
        expect(birthDateAfter([hint, said])).toBe(expected);
      }),
    );
  });

  it('of a second account does not make the player of the first one older', () => {
    fc.assert(
      fc.property(signal, signal, (first, second) => {
        fc.pre(!canBeSame(first.claim, second.claim));
        const younger = [first.claim.birthDate, second.claim.birthDate].sort().at(-1);
        expect(birthDateAfter([first, second])).toBe(younger);
      }),
    );
  });

  it('gives way to the next one of the same account as its owner grows up', () => {
    const claimOf = (bornFrom: string, birthDate: string): Said => ({
      method: 'store_signal',
      claim: { birthDate, bornFrom, assurance: 'declared', ...NOTHING_ELSE },
    });
    expect(birthDateAfter([claimOf('2010-03-02', '2013-03-01'), claimOf('2010-03-02', '2012-03-01')])).toBe(
      '2012-03-01',
    );
  });
});
