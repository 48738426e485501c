// A person's month, or that of two who turn out to be one: what happened, and the entries it left behind. Each follows from the
// seed and its number alone, so that any part of the month can be made again anywhere.
import { type Cast, GAMES_PER_PROVIDER } from './cast.ts';
import {
  entriesOfMerge,
  entriesOfSession,
  entryOfAdjustment,
  entryOfDenial,
  type NewEntry,
  usedOf,
} from './entries.ts';
import { playSession } from './play-session.ts';
import { Random } from './random.ts';
import {
  type Assurance,
  type Band,
  type Correction,
  DAY_MS,
  DAYS,
  type Deed,
  dateOf,
  emptyTruth,
  type Grant,
  MINUTE_MS,
  MONTH_STARTS_AT,
  type Play,
  type Session,
  type Truth,
} from './truth.ts';

export const GATEWAY_PARTITION = 'gateway';
/** Every so many persons one turns out to be its neighbour. */
const MERGE_EVERY = 40;
const TEST_WORLD_EVERY = 50;
const HALF_A_DAY_MS = DAY_MS / 2;
/** Chosen so that a person leaves `EVENTS_PER_PERSON` behind. */
const PLAYS_ON_A_DAY = 0.136;
const REASONS = [
  'daily_budget_spent',
  'agent_closed',
  'age_rating',
  'too_little_left',
  'guardian_window',
  'unverified',
];

export interface Household {
  readonly truth: Truth;
  readonly entries: readonly NewEntry[];
}

const partitionName = (number: number): string => `p${String(number).padStart(3, '0')}`;
export const partitionsOf = ({ partitions }: Cast): readonly string[] =>
  Array.from({ length: partitions }, (_, index) => partitionName(index));

const isMerged = (index: number): boolean => index % MERGE_EVERY === 1;

/** Of the persons whose entries, or some of them, are in a partition. */
export function householdsIn({ partitions, persons }: Cast, partition: string): readonly number[] {
  const own = Number(partition.slice(1));
  return Array.from({ length: persons }, (_, index) => index).filter(
    (index) => index % partitions === own || (isMerged(index) && otherPartition(index, partitions) === own),
  );
}

const otherPartition = (index: number, partitions: number): number => (index + 7) % partitions;

export function makeHousehold(cast: Cast, index: number): Household {
  const random = new Random(cast.seed * 1_000_003 + index);
  const household = new Writer(cast, index, random);
  if (!isMerged(index)) {
    household.playMonth({ name: 'a', partition: partitionName(index % cast.partitions) });
    household.finish();
    return household;
  }
  const lastDay = random.int(3, DAYS - 3);
  const previous = { name: 'a', partition: partitionName(index % cast.partitions), lastDay };
  const playsAtOnce = random.chance(0.5);
  const partition = partitionName(otherPartition(index, cast.partitions));
  const person = { name: 'b', partition, mergedOn: lastDay, playsAtOnce };
  household.playMonth(previous);
  household.playMonth(person);
  household.merge(previous, person, lastDay);
  household.finish();
  return household;
}

interface Member {
  readonly name: string;
  readonly partition: string;
  /** Then it was found to be the other. */
  readonly lastDay?: number;
  /** It plays on this day in the afternoon only, or at the time of the other. */
  readonly mergedOn?: number;
  readonly playsAtOnce?: boolean;
}

type Played = Play & Pick<Deed, 'game' | 'agent'>;

class Writer implements Household {
  readonly truth = emptyTruth();
  readonly entries: NewEntry[] = [];
  readonly #cast: Cast;
  readonly #index: number;
  readonly #random: Random;
  readonly #home: Omit<Deed, 'game' | 'agent' | 'person' | 'player' | 'isFallback'>;
  readonly #plays = new Map<string, Played[]>();
  /** What was used is known only when everything of the day has happened. */
  readonly #later: { readonly member: Member; readonly session: Session; readonly noticedAt: number | null }[] = [];
  readonly #refusals: { readonly member: Member; readonly denial: Truth['denials'][number] }[] = [];
  #made = 0;

  constructor(cast: Cast, index: number, random: Random) {
    this.#cast = cast;
    this.#index = index;
    this.#random = random;
    this.#home = {
      mode: index % TEST_WORLD_EVERY === 7 ? 'test' : 'live',
      provider: cast.providers[index % cast.providers.length]!.providerId,
      band: index < cast.minors ? random.pick<Band>(['under_12', '12_15', '16_17']) : 'adult',
      assurance: random.chance(0.02)
        ? null
        : random.pick<Assurance>(['attested', 'attested', 'document', 'wallet', 'declared']),
    };
  }

  playMonth(member: Member): void {
    const random = this.#random;
    for (let day = 0; day <= (member.lastDay ?? DAYS - 1); day++) {
      const isDayOfMerge = day === member.lastDay || day === member.mergedOn;
      if (!isDayOfMerge && !random.chance(PLAYS_ON_A_DAY)) continue;
      this.#playDay(member, MONTH_STARTS_AT + day * DAY_MS, isDayOfMerge);
    }
  }

  #playDay(member: Member, dayStartsAt: number, isDayOfMerge: boolean): void {
    const random = this.#random;
    const startsAt = isDayOfMerge
      ? dayStartsAt + (member.mergedOn === undefined || member.playsAtOnce ? 7 : 13) * 60 * MINUTE_MS
      : dayStartsAt + random.int(7 * 60, 23 * 60 + 40) * MINUTE_MS + random.int(0, MINUTE_MS);
    const sessions = isDayOfMerge ? 1 : random.int(1, 2);
    let at = startsAt;
    for (let count = 0; count < sessions; count++) {
      const first = this.#playSession(member, at);
      at = first + random.int(MINUTE_MS, HALF_A_DAY_MS / 4);
      // Another device, at the same time.
      if (!isDayOfMerge && random.chance(0.15)) at = startsAt + random.int(1, 15) * MINUTE_MS;
      if (dateOf(at) !== dateOf(dayStartsAt)) break;
    }
    if (!isDayOfMerge && random.chance(0.45)) this.#refuse(member, at + MINUTE_MS);
    if (!isDayOfMerge && random.chance(0.04)) this.#correct(member, dayStartsAt);
    if (!isDayOfMerge && random.chance(0.02)) this.#grant(member, dayStartsAt);
    if (random.chance(0.02)) this.#startInAnOutage(member, at + 2 * MINUTE_MS);
  }

  #deedOf({ name }: Member): Deed {
    const [random, { agents, seed }] = [this.#random, this.#cast];
    const isOut = this.#home.band === 'adult' || random.chance(0.5);
    return {
      ...this.#home,
      person: `per_${seed}_${this.#index}${name}`,
      player: `ply_${seed}_${this.#index}${name}`,
      game: `${this.#home.provider}_game${random.int(1, GAMES_PER_PROVIDER)}`,
      agent: isOut ? agents[(this.#index * 7 + random.int(0, 1)) % agents.length]! : null,
      isFallback: false,
    };
  }

  #nextId(kind: string): string {
    return `${kind}_${this.#cast.seed}_${this.#index}_${this.#made++}`;
  }

  /** Tells when it is over. */
  #playSession(member: Member, at: number): number {
    const deed = this.#deedOf(member);
    const { noticedAt, overAt, session } = playSession(this.#random, deed, this.#nextId('ses'), at);
    this.truth.sessions.push(session);
    const plays = this.#plays.get(member.name) ?? [];
    this.#plays.set(member.name, plays);
    for (const play of session.plays) plays.push({ ...play, game: session.game, agent: session.agent });
    this.#later.push({ member, session, noticedAt });
    return overAt;
  }

  #refuse(member: Member, at: number): void {
    for (let count = this.#random.int(1, 3); count > 0; count--) {
      const reason = this.#random.pick(REASONS);
      const denial = { ...this.#deedOf(member), at: at + count * 1_000, reason };
      this.truth.denials.push(denial);
      this.#refusals.push({ member, denial });
    }
  }

  /** A minor is refused, a verified adult plays. */
  #startInAnOutage(member: Member, at: number): void {
    const deed = { ...this.#deedOf(member), isFallback: true };
    const none = { plays: [], gaps: [], end: null, overruns: [], close: null };
    if (deed.band === 'adult') {
      const session = { ...deed, id: this.#nextId('ses'), openedAt: at, ...none };
      this.truth.sessions.push(session);
      this.#later.push({ member: { ...member, partition: GATEWAY_PARTITION }, session, noticedAt: null });
      return;
    }
    const denial = { ...deed, at, reason: 'ledger_unavailable' };
    this.truth.denials.push(denial);
    this.#refusals.push({ member: { ...member, partition: GATEWAY_PARTITION }, denial });
  }

  #correct(member: Member, dayStartsAt: number): void {
    const deed = { ...this.#deedOf(member), agent: null };
    const at = dayStartsAt + DAY_MS + 10 * 60 * MINUTE_MS;
    const deltaMs = this.#random.int(-20, 20) * MINUTE_MS;
    const id = this.#nextId('cor');
    const correction = { ...deed, id, at, date: dateOf(dayStartsAt), deltaMs, undoes: null };
    this.#adjust(this.truth.corrections, correction, (opposite) => ({ ...opposite, deltaMs: -deltaMs }));
  }

  #grant(member: Member, dayStartsAt: number): void {
    const deed = { ...this.#deedOf(member), agent: null };
    const at = dayStartsAt + 6 * 60 * MINUTE_MS;
    const bonusMs = this.#random.int(1, 6) * 10 * MINUTE_MS;
    const grant = { ...deed, id: this.#nextId('cor'), at, date: dateOf(dayStartsAt), bonusMs, undoes: null };
    this.#adjust(this.truth.grants, grant, (opposite) => ({ ...opposite, bonusMs: -bonusMs }));
  }

  /** Some are taken back, some of these on another day. */
  #adjust<Adjustment extends Correction | Grant>(
    known: Adjustment[],
    adjustment: Adjustment,
    turnRound: (adjustment: Adjustment) => Adjustment,
  ): void {
    const made = [adjustment];
    if (this.#random.chance(0.3)) {
      const at = adjustment.at + this.#random.int(1, 20) * 60 * MINUTE_MS;
      made.push({ ...turnRound(adjustment), id: this.#nextId('cor'), at, undoes: adjustment.id });
    }
    known.push(...made);
    for (const each of made) this.entries.push({ ...entryOfAdjustment(each), partition: GATEWAY_PARTITION });
  }

  /** Writes the entries that say what was used, once everything has happened. */
  finish(): void {
    for (const { member, noticedAt, session } of this.#later) {
      const usedAt = usedOf(this.#plays.get(member.name) ?? []);
      for (const entry of entriesOfSession(session, usedAt, noticedAt)) {
        this.entries.push({ ...entry, partition: member.partition });
      }
    }
    for (const { denial, member } of this.#refusals) {
      const usedAt = usedOf(this.#plays.get(member.name) ?? []);
      this.entries.push({ ...entryOfDenial(denial, usedAt), partition: member.partition });
    }
  }

  merge(previous: Member, person: Member, day: number): void {
    const date = dateOf(MONTH_STARTS_AT + day * DAY_MS);
    const idOf = ({ name }: Member) => `${this.#cast.seed}_${this.#index}${name}`;
    const { mode, provider } = this.#home;
    const merge = { mode, provider, person: `per_${idOf(person)}`, previous: `per_${idOf(previous)}`, date };
    this.truth.merges.push(merge);
    const mergedAt = MONTH_STARTS_AT + (day + 1) * DAY_MS - MINUTE_MS;
    const playsOf = ({ name }: Member) => this.#plays.get(name) ?? [];
    const plays = { of: playsOf(person), before: playsOf(previous) };
    for (const entry of entriesOfMerge(merge, `ply_${idOf(previous)}`, plays, mergedAt)) {
      this.entries.push({ ...entry, partition: person.partition });
    }
  }
}
