// What happened -> the flat entries that the scripts of the ledger would have appended to the streams.
import {
  type Correction,
  type Deed,
  dateOf,
  type Grant,
  type Interval,
  isWithin,
  type Merge,
  measure,
  type Play,
  type Session,
  union,
} from './truth.ts';

export interface StreamEntry {
  readonly entryId: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** An entry before it has its number. */
export interface NewEntry {
  readonly partition: string;
  /** When it was appended; a silence is noticed later than it began. */
  readonly appendedAt: number;
  readonly fields: Readonly<Record<string, string>>;
}

const LETTERS = { declared: 'd', attested: 'a', document: 'i', wallet: 'w' } as const;

function subject(deed: Deed, sessionId: string): Record<string, string> {
  const { agent, assurance, band, game, mode, person, player, provider } = deed;
  const record = assurance === null ? '' : `~${LETTERS[assurance]}c`;
  return {
    session: sessionId,
    world: `${mode}:${provider}`,
    person,
    player,
    game,
    agent: agent?.agentId ?? '',
    station: agent === null ? '' : `sta_${agent.agentId}`,
    band,
    context: `vn-147-2024@1|${band}|+84|${band === 'adult' ? '' : 'g'}|12+|${agent?.hours ?? ''}|||${record}`,
    ...(deed.isFallback && { source: 'fallback' }),
  };
}

const instant = (at: number | null): string => String(at ?? -1);
const LIMITS = '3600000,10800000,-1,-1';
const NO_LIMITS = '-1,-1,-1,-1';

/** What the ledger would have said was used: the day's play of the person before `at`, per account. */
export type UsedAt = (deed: Deed, date: string, at: number) => string;

export function usedOf(plays: readonly (Play & Pick<Deed, 'game' | 'agent'>)[]): UsedAt {
  return (deed, date, at) => {
    const before = plays.filter((play) => play.date === date && play.from < at);
    const ms = (some: typeof before) => measure(some.map(({ from, to }) => ({ from, to: Math.min(to, at) })));
    const game = ms(before.filter((play) => play.game === deed.game));
    const agent = deed.agent === null ? 0 : ms(before.filter((play) => play.agent === deed.agent));
    return `${game},${ms(before)},${agent},0`;
  };
}

/** `orderedBy`: who ended it where the cause is `order`. `noticedAt`: when a silence was found. */
export function* entriesOfSession(
  session: Session,
  usedAt: UsedAt,
  noticedAt: number | null,
): Iterable<Omit<NewEntry, 'partition'>> {
  const { close, end, gaps, isFallback, openedAt, overruns, plays } = session;
  const common = subject(session, session.id);
  const limits = session.band === 'adult' ? NO_LIMITS : LIMITS;
  const entry = (appendedAt: number, kind: string, fields: Record<string, string>) => ({
    appendedAt,
    fields: { kind, ...common, ...fields },
  });
  const used = isFallback ? {} : { used: usedAt(session, dateOf(openedAt), openedAt), limits };
  yield entry(openedAt, 'opened', { at: instant(openedAt), ...used });
  yield* entriesOfPlay(session, entry, noticedAt ?? 0);
  for (const { from, to } of gaps) yield entry(to, 'gap', { from: instant(from), to: instant(to) });
  if (end !== null) {
    const foundAt = noticedAt ?? end.orderedAt ?? end.at;
    yield entry(foundAt, 'ended', {
      at: instant(end.at),
      cause: end.cause,
      limit: instant(end.limitAt),
      ordered: instant(end.orderedAt),
      used: usedAt(session, dateOf(plays.at(-1)?.from ?? end.at), foundAt),
      limits,
      overrun: String(end.overrunMs),
      gaps: String(gaps.length),
      ...(end.cause === 'order' && { by: session.agent!.agentId }),
    });
  }
  for (const { at, overrunMs } of overruns) {
    yield entry(at, 'overrun', { at: instant(at), overrun: String(overrunMs) });
  }
  if (close !== null) {
    yield entry(close.at, 'closed', {
      at: instant(close.at),
      reason: close.reason,
      clientEnded: instant(close.clientEndedAt),
      verdictSeq: instant(close.verdictSeq),
      overrun: String(close.overrunMs),
    });
  }
}

type MakeEntry = (
  appendedAt: number,
  kind: string,
  fields: Record<string, string>,
) => { readonly appendedAt: number; readonly fields: Record<string, string> };

/** Every stretch when it is over, and what lies between two of them. */
function* entriesOfPlay({ end, gaps, plays }: Session, entry: MakeEntry, noticedAt: number) {
  for (const [index, { date, from, leasedMs, to }] of plays.entries()) {
    const next = plays[index + 1];
    const gap = gaps.find((each) => each.from === to);
    const overAt = gap?.to ?? (next === undefined && end !== null ? Math.max(noticedAt, end.orderedAt ?? 0, to) : to);
    yield entry(overAt, 'play', { date, from: instant(from), to: instant(to), leased: String(leasedMs) });
    if (next === undefined || next.from === to || gap !== undefined) continue;
    yield entry(to, 'paused', { at: instant(to) });
    yield entry(next.from, 'resumed', { at: instant(next.from) });
    if (index === 0) yield entry(next.from, 'warned', { at: instant(next.from), left: '600000' });
  }
}

export function entryOfDenial(denial: Deed & { readonly at: number; readonly reason: string }, usedAt: UsedAt) {
  const { at, isFallback, reason } = denial;
  const used = isFallback ? {} : { used: usedAt(denial, dateOf(at), at) };
  return { appendedAt: at, fields: { kind: 'denied', ...subject(denial, ''), at: instant(at), reason, ...used } };
}

/** A grant is of no game and corrects no play. */
export function entryOfAdjustment(adjustment: Correction | Grant) {
  const { at, date, id, undoes } = adjustment;
  const isGrant = 'bonusMs' in adjustment;
  const what = isGrant
    ? { game: '', delta: '0', bonus: String(adjustment.bonusMs), author: 'guardian:lnk_month' }
    : { delta: String(adjustment.deltaMs), author: 'provider' };
  const place = { ...subject(adjustment, ''), agent: '', station: '', ...what };
  const fields = { kind: 'corrected', ...place, at: instant(at), date, correction: id, reasonHash: 'a'.repeat(64) };
  return { appendedAt: at, fields: { ...fields, ...(undoes !== null && { undoes }) } };
}

type PlayAt = Play & Pick<Deed, 'game' | 'agent'>;

/** Intervals by account: `g` and the game, `a` and the agent. */
function accountsOn(date: string, plays: readonly PlayAt[]): ReadonlyMap<string, readonly Interval[]> {
  const accounts = new Map<string, Interval[]>();
  for (const play of plays.filter((each) => each.date === date)) {
    for (const name of [`g${play.game}`, ...(play.agent === null ? [] : [`a${play.agent.agentId}`])]) {
      accounts.set(name, [...(accounts.get(name) ?? []), play]);
    }
  }
  return new Map([...accounts].map(([name, intervals]) => [name, union(intervals)]));
}

/**
 * Per game and per agent what `previous` had played on the day. What the person had played at the very time goes to no account:
 * of a game it is said all the same, where nothing else said that it is gone.
 */
export function* entriesOfMerge(
  { date, mode, person, previous, provider }: Merge,
  player: string,
  plays: { readonly of: readonly PlayAt[]; readonly before: readonly PlayAt[] },
  appendedAt: number,
) {
  const own = accountsOn(date, plays.of);
  const gone: Interval[] = [];
  for (const [name, intervals] of accountsOn(date, plays.before)) {
    const isGame = name.startsWith('g');
    for (const interval of intervals) {
      const isKnown = isWithin(interval, own.get(name) ?? []);
      if (isKnown && (!isGame || isWithin(interval, gone))) continue;
      if (isGame) gone.push(interval);
      const id = isKnown ? '' : name.slice(1);
      const place = isGame ? { game: id, agent: '' } : { game: '', agent: id };
      const fields = { session: '', world: `${mode}:${provider}`, person, player, ...place, station: '', band: '' };
      const when = { context: '', date, from: instant(interval.from), to: instant(interval.to), previous };
      yield { appendedAt, fields: { kind: 'merged', ...fields, ...when } };
    }
  }
}
