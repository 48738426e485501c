import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ASSURANCES, type Assurance } from '../directory/directory.ts';
import { addClaim, assuranceOf, compareAssurance, listAgreeingMethods, sourcesOf } from './combine-sources.ts';
import type { IdentityClaim, PlayerIdentity } from './identity-claim.ts';

const NOTHING = { phone: null, guardian: null, nationalId: null } as const;
const PHONE = { number: '+84901234567', verified: true } as const;

function claimOf(assurance: Assurance, birthDate: string, more: Partial<IdentityClaim> = {}): IdentityClaim {
  return { ...NOTHING, assurance, birthDate, ...more };
}

type Said = readonly [method: string, claim: IdentityClaim];

function identityOf(...said: readonly Said[]): PlayerIdentity {
  return said.reduce<PlayerIdentity | null>((known, [method, claim]) => addClaim(known, method, claim), null)!;
}

describe('birth dates of several sources', () => {
  it.each<[string, readonly Said[], string]>([
    ['one source', [['attested', claimOf('attested', '2010-01-01')]], '2010-01-01'],
    [
      'a better one loosens',
      [
        ['attested', claimOf('attested', '2010-01-01')],
        ['oidc', claimOf('document', '2005-01-01')],
      ],
      '2005-01-01',
    ],
    [
      'a weaker one does not',
      [
        ['oidc', claimOf('document', '2010-01-01')],
        ['attested', claimOf('attested', '2005-01-01')],
      ],
      '2010-01-01',
    ],
    [
      'a weaker one tightens',
      [
        ['oidc', claimOf('document', '2005-01-01')],
        ['attested', claimOf('attested', '2010-01-01')],
      ],
      '2010-01-01',
    ],
    [
      'an equal one takes the place of the one before',
      [
        ['a', claimOf('attested', '2010-01-01')],
        ['b', claimOf('attested', '2005-01-01')],
      ],
      '2005-01-01',
    ],
    [
      'a method that is weaker today does not undo what it said when it was better',
      [
        ['attested', claimOf('attested', '2010-01-01')],
        ['attested', claimOf('declared', '2005-01-01')],
      ],
      '2010-01-01',
    ],
    [
      'a weaker "at least" does not contradict an older person',
      [
        ['wallet', claimOf('wallet', '1986-05-01')],
        ['oidc', claimOf('document', '2008-01-01', { bornFrom: null })],
      ],
      '1986-05-01',
    ],
  ])('%s', (_, said, birthDate) => {
    expect(identityOf(...said).birthDate).toBe(birthDate);
  });

  it('never make anybody older by a weaker source', () => {
    const day = fc.integer({ min: 1980, max: 2020 }).map((year) => `${year}-06-01`);
    const assurance = fc.constantFrom(...ASSURANCES);
    const said = fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.record({ assurance, birthDate: day }));
    fc.assert(
      fc.property(
        fc.array(said, { minLength: 1, maxLength: 8 }),
        said,
        (history, [method, { assurance, birthDate }]) => {
          const toSaid = ([name, claim]: (typeof history)[number]): Said => [
            name,
            claimOf(claim.assurance, claim.birthDate),
          ];
          const before = identityOf(...history.map(toSaid));
          const after = addClaim(before, method, claimOf(assurance, birthDate));
          const isWeaker = sourcesOf(before).some((source) => compareAssurance(assurance, source.assurance) < 0);
          if (isWeaker && after.birthDate < before.birthDate) {
            // Only taking back an earlier mistake of a source that is no better can do that.
            const best = sourcesOf(before).filter((source) => compareAssurance(assurance, source.assurance) < 0);
            expect(best.some((source) => after.birthDate >= source.birthDate)).toBe(true);
          }
        },
      ),
    );
  });
});

describe('the assurance of an identity', () => {
  it('is that of the source whose age holds, not of the newest', () => {
    const document: Said = ['oidc', claimOf('document', '2005-01-01')];
    expect(assuranceOf(identityOf(document, ['attested', claimOf('declared', '1990-01-01')]))).toBe('document');
    expect(assuranceOf(identityOf(document, ['attested', claimOf('attested', '2005-01-01')]))).toBe('document');
    expect(assuranceOf(identityOf(document, ['attested', claimOf('declared', '2012-01-01')]))).toBe('declared');
    const hint: Said = ['store_signal', claimOf('declared', '2012-01-01')];
    expect(assuranceOf(identityOf(document, hint))).toBe('document');
  });
});

describe('phones of several sources', () => {
  it('are the newest of each method, confirmed ones first', () => {
    const attested: Said = ['attested', claimOf('attested', '2000-01-01', { phone: PHONE })];
    const other = { number: '+84907654321', verified: false } as const;
    expect(identityOf(attested, ['oidc', claimOf('document', '2000-01-01')]).phone).toEqual(PHONE);
    expect(identityOf(attested, ['oidc', claimOf('document', '2000-01-01', { phone: other })]).phone).toEqual(PHONE);
    expect(identityOf(attested, ['attested', claimOf('declared', '2000-01-01')]).phone).toBeNull();
  });
});

describe('methods that agree', () => {
  const identity = identityOf(
    ['oidc', claimOf('document', '2005-01-01')],
    ['attested', claimOf('attested', '2005-01-01', { bornFrom: null })],
  );

  it('are counted once each, as far as the policy accepts them', () => {
    expect(listAgreeingMethods(identity, null)).toHaveLength(2);
    expect(listAgreeingMethods(identity, ['oidc', 'wallet'])).toHaveLength(1);
    expect(listAgreeingMethods(identity, ['wallet'])).toHaveLength(0);
  });

  it('are not those that contradict what holds', () => {
    const torn = addClaim(identity, 'attested', claimOf('attested', '2012-01-01'));
    expect(torn.birthDate).toBe('2012-01-01');
    expect(listAgreeingMethods(torn, null)).toHaveLength(1);
  });

  it('of an identity kept before there were several are the provider alone', () => {
    const old = { birthDate: '2005-01-01', phone: PHONE, guardian: null };
    expect(sourcesOf(old)).toMatchObject([{ method: 'attested', assurance: 'attested', birthDate: '2005-01-01' }]);
    expect(listAgreeingMethods(old, ['attested'])).toHaveLength(1);
    expect(addClaim(old, 'x', claimOf('declared', '1990-01-01')).birthDate).toBe('2005-01-01');
  });
});
