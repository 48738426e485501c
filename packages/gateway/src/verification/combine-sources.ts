// What several sources say of one player, made into one identity. Pure.
// The order of assurance lives here: a source can loosen (make older) only what was said with as little assurance or
// less; against better sources it can only tighten.
import type { CalendarDate } from '@playgate/policy';
import { ASSURANCES, type Assurance } from '../directory/directory.ts';
import type { BirthDates, IdentityClaim, IdentitySource, PlayerIdentity } from './identity-claim.ts';

/** Of identities kept before sources were: the provider's server was the only one. */
const METHOD_OF_OLD_IDENTITIES = 'attested';
/**
 * Methods that speak of a device's account rather than of who plays. Beside anything better than declared they count for
 * nothing, beside what was declared they can only tighten, whichever came first.
 */
const HINTS: ReadonlySet<string> = new Set(['store_signal']);
/** Methods times assurances; reached only by a deployment that keeps renaming its methods. */
const SOURCES_MAX = 32;

/** A method that alone proves nothing. */
export function isHintMethod(method: string): boolean {
  return HINTS.has(method);
}

/** Negative: `left` is the weaker one. */
export function compareAssurance(left: Assurance, right: Assurance): number {
  return ASSURANCES.indexOf(left) - ASSURANCES.indexOf(right);
}

/** The identity after a method has made its claim. */
export function addClaim(known: PlayerIdentity | null, method: string, claim: IdentityClaim): PlayerIdentity {
  const { birthDate, bornFrom, phone, assurance } = claim;
  const said: IdentitySource = {
    method,
    assurance,
    birthDate,
    ...(bornFrom !== undefined && { bornFrom }),
    phone,
  };
  const isSame = (source: IdentitySource) => source.method === method && source.assurance === assurance;
  const others = sourcesOf(known).filter((source) => !isSame(source));
  const before = sourcesOf(known).find(isSame);
  const kept = before !== undefined && isHint(said) && isYounger(before, said) ? before : said;
  return combineSources([...others, kept].slice(-SOURCES_MAX));
}

/** Of an identity, oldest first; empty for none. */
export function sourcesOf(identity: PlayerIdentity | null): readonly IdentitySource[] {
  if (identity === null) return [];
  if (identity.sources !== undefined) return identity.sources;
  const { phone } = identity;
  const assurance = phone?.verified ? 'attested' : 'declared';
  return [{ ...identity, method: METHOD_OF_OLD_IDENTITIES, assurance }];
}

/** The identity that sources make together; at least one, oldest first. */
export function combineSources(sources: readonly IdentitySource[]): PlayerIdentity {
  const { birthDate, bornFrom } = findDeciding(sources);
  const newest = [...new Map(sources.map((source) => [source.method, source])).values()];
  const phones = newest.map(({ phone }) => phone).filter((phone) => phone !== null);
  const phone = phones.findLast(({ verified }) => verified) ?? phones.at(-1) ?? null;
  return { birthDate, ...(bornFrom !== undefined && { bornFrom }), phone, sources };
}

/** The methods of those accepted that say an age that fits the identity. Null: all but hints. */
export function listAgreeingMethods(identity: PlayerIdentity, accepted: readonly string[] | null): readonly string[] {
  const sources = sourcesOf(identity);
  const statements = sources.filter((source) => !isHint(source));
  // A hint that tightens does not take away what was stated.
  const dates = statements.length === 0 ? identity : combineStatements(statements);
  const agreeing = sources.filter(
    (source) => (accepted?.includes(source.method) ?? !isHint(source)) && canBeSame(source, dates),
  );
  return [...new Set(agreeing.map(({ method }) => method))];
}

/** How much the source is worth whose age holds. */
export function assuranceOf(identity: PlayerIdentity): Assurance {
  return findDeciding(sourcesOf(identity)).assurance;
}

/** The source whose age holds; of at least one. */
function findDeciding(sources: readonly IdentitySource[]): IdentitySource {
  const hint = sources.find(isHint);
  const statements = sources.filter((source) => !isHint(source));
  if (statements.length === 0) return hint!;
  const deciding = combineStatements(statements);
  const isOpen = statements.every(({ assurance }) => assurance === 'declared');
  return isOpen && hint !== undefined && isYounger(hint, deciding) ? hint : deciding;
}

/** A claim ends what was said before with as little assurance or less; what remains is better, and wins unless younger. */
function combineStatements(sources: readonly IdentitySource[]): IdentitySource {
  const standing: IdentitySource[] = [];
  for (const source of sources) {
    while (standing.length > 0 && compareAssurance(standing.at(-1)!.assurance, source.assurance) <= 0) standing.pop();
    standing.push(source);
  }
  const [best, ...weaker] = standing;
  return weaker.reduce((deciding, source) => (isYounger(source, deciding) ? source : deciding), best!);
}

const isHint = ({ method }: IdentitySource): boolean => isHintMethod(method);

function isYounger(source: BirthDates, than: BirthDates): boolean {
  const from = bornFromOf(source);
  return from !== null && from > than.birthDate;
}

/** Whether both can be true of one person. */
export function canBeSame(left: BirthDates, right: BirthDates): boolean {
  return !isYounger(left, right) && !isYounger(right, left);
}

function bornFromOf({ birthDate, bornFrom }: BirthDates): CalendarDate | null {
  return bornFrom === undefined ? birthDate : bornFrom;
}
