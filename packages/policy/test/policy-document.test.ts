import { loadPolicy, PACKS, PolicyDocumentError, parsePolicyDocument } from '@playgate/policy';
import { describe, expect, it } from 'vitest';
import { packs, sha256Hex } from './policies.ts';

type Path = readonly (string | number)[];

const vietnam = PACKS[0];
const china = PACKS[1];

/** A copy of a pack in which the value at a path is replaced; `undefined` removes it. */
function withValue(pack: unknown, path: Path, value: unknown): unknown {
  const copy = structuredClone(pack);
  let holder = copy as Record<string | number, unknown>;
  for (const step of path.slice(0, -1)) holder = holder[step] as Record<string | number, unknown>;
  const last = path.at(-1)!;
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return copy;
}

function problemsOf(value: unknown): readonly string[] {
  try {
    parsePolicyDocument(value);
    return [];
  } catch (error) {
    if (error instanceof PolicyDocumentError) return error.problems.map(({ path }) => path);
    throw error;
  }
}

const WINDOW = { id: 'w', days: ['mon'], from: '20:00', to: '21:00', effect: 'allow', cite: 'none', verified: false };
const CAP = { fromAge: 8, belowAge: 16, currency: 'CNY', perPayment: 1, perMonth: 2, cite: 'none', verified: false };

describe('a policy document', () => {
  it.each(PACKS.map((pack) => [(pack as { id: string }).id, pack]))('%s is one', (_id, pack) => {
    expect(problemsOf(pack)).toEqual([]);
    expect(parsePolicyDocument(pack)).toEqual(pack);
  });

  it('may say which methods of verification suffice', () => {
    const methods = { accepted: ['wallet', 'oidc', 'attested'], required: 2 };
    const document = withValue(vietnam, ['identity', 'methods'], methods);
    expect(parsePolicyDocument(document)).toEqual(document);
  });

  it('may put its citations into the words of each language', () => {
    const citation = { cite: 'art. 1', text: { vi: 'Điều 1', en: 'article 1' } };
    const document = withValue(vietnam, ['citations'], [citation]);
    expect(parsePolicyDocument(document)).toEqual(document);
    expect(problemsOf(withValue(vietnam, ['citations'], [citation, citation]))).toEqual(['citations']);
    expect(problemsOf(withValue(vietnam, ['citations'], [{ cite: 'x', text: { vi: 'x' } }]))).toEqual([
      'citations[0].text.en',
    ]);
  });

  it.each<[string, Path, unknown, string]>([
    ['an unknown field', ['limit'], 1, 'limit'],
    ['an unknown nested field', ['budgets', 0, 'limitMin'], 60, 'budgets[0].limitMin'],
    ['an inherited name as a field', ['constructor'], 1, 'constructor'],
    ['a missing field', ['zone'], undefined, 'zone'],
    ['a missing nested field', ['identity', 'phone'], undefined, 'identity.phone'],
    ['a wrong type', ['title'], 7, 'title'],
    ['an empty text', ['title'], ' ', 'title'],
    ['a text that is too long', ['title'], 'x'.repeat(1001), 'title'],
    ['a list that is an object', ['budgets'], {}, 'budgets'],
    ['a null that is no choice', ['identity'], null, 'identity'],
    ['too many items', ['references'], Array(65).fill({}), 'references'],
    ['no accepted method', ['identity', 'methods'], { accepted: [], required: 1 }, 'identity.methods.accepted'],
    [
      'a method twice',
      ['identity', 'methods'],
      { accepted: ['oidc', 'oidc'], required: 2 },
      'identity.methods.accepted',
    ],
    [
      'more methods required than accepted',
      ['identity', 'methods'],
      { accepted: ['oidc'], required: 2 },
      'identity.methods.required',
    ],
    [
      'three methods required',
      ['identity', 'methods'],
      { accepted: ['a', 'b', 'c'], required: 3 },
      'identity.methods.required',
    ],
    ['version 0', ['version'], 0, 'version'],
    ['a fraction', ['version'], 1.5, 'version'],
    ['an impossible date', ['effectiveFrom'], '2025-02-29', 'effectiveFrom'],
    ['an end before the start', ['effectiveTo'], '2024-12-24', 'effectiveTo'],
    ['an unknown zone', ['zone'], 'Asia/Atlantis', 'zone'],
    ['an offset as a zone', ['zone'], '+07:00', 'zone'],
    ['minorBelow between edges', ['minorBelow'], 17, 'minorBelow'],
    [
      'guardianRequiredBelow between edges',
      ['identity', 'guardianRequiredBelow'],
      14,
      'identity.guardianRequiredBelow',
    ],
    ['a gap between bands', ['bands', 1, 'fromAge'], 13, 'bands'],
    ['bands that overlap', ['bands', 1, 'fromAge'], 11, 'bands'],
    ['bands in another order', ['bands', 0, 'id'], '12_15', 'bands'],
    ['a last band that ends', ['bands', 3, 'belowAge'], 120, 'bands'],
    ['an empty band', ['bands', 1, 'belowAge'], 12, 'bands'],
    ['a missing band', ['bands', 3], undefined, 'bands[3]'],
    ['an unknown scope', ['budgets', 0, 'scope'], 'device', 'budgets[0].scope'],
    ['a limit of 0', ['budgets', 0, 'limitMs'], 0, 'budgets[0].limitMs'],
    ['a limit over a day', ['budgets', 0, 'limitMs'], 86_400_001, 'budgets[0].limitMs'],
    ['a budget id twice', ['budgets', 1, 'id'], 'game-day', 'budgets'],
    ['an uncited figure', ['budgets', 0, 'cite'], '', 'budgets[0].cite'],
    ['a bad id', ['id'], 'VN 147', 'id'],
    ['a window from 24:00', ['windows'], [{ ...WINDOW, from: '24:00' }], 'windows[0].from'],
    ['a window at 25:00', ['windows'], [{ ...WINDOW, to: '25:00' }], 'windows[0].to'],
    ['a window at 8:00', ['windows'], [{ ...WINDOW, from: '8:00' }], 'windows[0].from'],
    ['a window without days', ['windows'], [{ ...WINDOW, days: [] }], 'windows[0].days'],
    ['a day twice', ['windows'], [{ ...WINDOW, days: ['mon', 'mon'] }], 'windows[0].days'],
    ['a window id twice', ['windows'], [WINDOW, WINDOW], 'windows'],
    ['holidays without a calendar', ['windows'], [{ ...WINDOW, days: ['holiday'] }], 'calendar'],
    ['a pattern that is none', ['identity', 'phone', 'pattern'], '^(+84$', 'identity.phone.pattern'],
    ['a pattern of a part', ['identity', 'phone', 'pattern'], '\\+84', 'identity.phone.pattern'],
    ['a country without a plus', ['identity', 'phone', 'country'], '84', 'identity.phone.country'],
    ['a lower age for a higher rating', ['ratings', '16+'], 11, 'ratings'],
    ['an unknown rating', ['ratings', '7+'], 7, 'ratings.7+'],
    ['a notice without a language', ['notices', 0, 'text', 'en'], undefined, 'notices[0].text.en'],
    ['warnings that ascend', ['warningsMs'], [60_000, 300_000], 'warningsMs'],
    ['a warning twice', ['warningsMs'], [60_000, 60_000], 'warningsMs'],
    ['a lease below the interval', ['heartbeat', 'leaseMs'], 29_999, 'heartbeat.leaseMs'],
    ['an interval below a second', ['heartbeat', 'intervalMs'], 999, 'heartbeat.intervalMs'],
    ['a lease over two hours', ['heartbeat', 'leaseMs'], 7_200_001, 'heartbeat.leaseMs'],
    ['minStartMs above a limit', ['minStartMs'], 3_600_001, 'minStartMs'],
    ['opening at 24:00', ['agent', 'opensAt'], '24:00', 'agent.opensAt'],
    ['caps out of order', ['spendCaps'], [CAP, CAP], 'spendCaps'],
    ['a cap of no age', ['spendCaps'], [{ ...CAP, belowAge: 8 }], 'spendCaps[0].belowAge'],
    ['a payment above the month', ['spendCaps'], [{ ...CAP, perPayment: 3 }], 'spendCaps[0].perPayment'],
    ['retention of no days', ['retention', 0, 'keepDays'], 0, 'retention[0].keepDays'],
    ['evidence kept a day too short', ['retention', 0, 'keepDays'], 399, 'retention[0].keepDays'],
    ['identity kept a day too short', ['retention', 1, 'keepDays'], 183, 'retention'],
    ['identity kept from the event on', ['retention', 1, 'from'], 'event', 'retention'],
  ])('refuses %s', (_what, path, value, problem) => {
    expect(problemsOf(withValue(vietnam, path, value))).toEqual([problem]);
  });

  it('says how long evidence is kept at least, everywhere, and identity in Vietnam', () => {
    const ofVietnam = withValue(vietnam, ['retention', 0, 'keepDays'], 399);
    expect(() => parsePolicyDocument(ofVietnam)).toThrow('retention[0].keepDays of evidence must be at least 400');
    const [evidence, identity] = (vietnam as { retention: object[] }).retention;
    expect(problemsOf(withValue(china, ['retention'], [{ ...evidence, keepDays: 399 }]))).toEqual([
      'retention[0].keepDays',
    ]);
    expect(problemsOf(withValue(china, ['retention'], [{ ...identity, keepDays: 30 }]))).toEqual([]);
  });

  it.each<[string, Path, unknown, string]>([
    ['a year that is none', ['calendar', 'years', 'soon'], {}, 'calendar.years.soon'],
    ['a date that is none', ['calendar', 'years', '2026', '2026-02-30'], 'holiday', 'calendar.years.2026.2026-02-30'],
    ['a date of another year', ['calendar', 'years', '2026', '2027-01-01'], 'holiday', 'calendar.years'],
    ['an unknown mark', ['calendar', 'years', '2026', '2026-01-01'], 'feast', 'calendar.years.2026.2026-01-01'],
  ])('refuses a calendar with %s', (_what, path, value, problem) => {
    expect(problemsOf(withValue(china, path, value))).toEqual([problem]);
  });

  it.each([null, undefined, 7, 'text', [], [vietnam]])('is not %j', (value) => {
    expect(problemsOf(value)).toEqual(['']);
  });

  it('names every problem at once', () => {
    let document = withValue(vietnam, ['zone'], 'Nowhere');
    document = withValue(document, ['budgets', 1, 'limitMs'], -1);
    document = withValue(document, ['minorBelow'], 17);
    document = withValue(document, ['extra'], true);
    expect([...problemsOf(document)].sort()).toEqual(['budgets[1].limitMs', 'extra', 'minorBelow', 'zone']);
  });

  it('cannot be given a field through __proto__', () => {
    const text = JSON.stringify(vietnam).replace('{', '{"__proto__":{"zone":"UTC"},');
    expect(problemsOf(JSON.parse(text))).toEqual(['__proto__']);
  });
});

describe('a loaded policy', () => {
  it('has a hash that depends on content and not on the order of fields', () => {
    const reversed = Object.fromEntries(Object.entries(vietnam as object).reverse());
    const { hash } = packs.get('vn-147-2024')!;
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(loadPolicy(reversed, sha256Hex).hash).toBe(hash);
    expect(loadPolicy(withValue(vietnam, ['version'], 2), sha256Hex).hash).not.toBe(hash);
  });

  it('does not follow later changes of what it was read from', () => {
    const source = structuredClone(vietnam) as { budgets: { limitMs: number }[] };
    const policy = loadPolicy(source, sha256Hex);
    source.budgets[0]!.limitMs = 1;
    expect(policy.document.budgets[0]!.limitMs).toBe(3_600_000);
  });
});

describe('the pack of Vietnam', () => {
  const { document } = packs.get('vn-147-2024')!;

  it('has the notice in the words of the decree', () => {
    expect(document.notices[0]).toMatchObject({
      everyMs: 1_800_000,
      audience: 'all',
      text: { vi: 'Chơi quá 180 phút một ngày sẽ ảnh hưởng xấu đến sức khỏe' },
    });
  });

  it.each(['+84912345678', '+84387654321', '+84512345678', '+84701234567', '+84889999999'])('takes %s', (number) => {
    expect(number).toMatch(new RegExp(document.identity.phone!.pattern, 'u'));
  });

  it.each([
    '0912345678',
    '+842438123456',
    '+8491234567',
    '+849123456789',
    '+84 912345678',
    '+85912345678',
    '+84112345678',
  ])('does not take %s', (number) => {
    expect(number).not.toMatch(new RegExp(document.identity.phone!.pattern, 'u'));
  });
});
