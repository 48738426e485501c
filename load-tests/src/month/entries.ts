// What happened -> the flat entries that the scripts of the ledger would have appended to the streams.
import { type Deed, dateOf, type Interval, type Merge, measure, type Play, type Session, union } from './truth.ts';

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
  const { close, end, gaps, isFallback, openedAt, plays } = session;
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

export function entryOfCorrection(
  correction: Deed & { readonly at: number; readonly date: string; readonly deltaMs: number },
  correctionId: string,
) {
  const { at, date, deltaMs } = correction;
  const what = { correction: correctionId, delta: String(deltaMs), author: 'provider', reasonHash: 'a'.repeat(64) };
  const place = { ...subject(correction, ''), agent: '', station: '' };
  return { appendedAt: at, fields: { kind: 'corrected', ...place, at: instant(at), date, ...what } };
}

/** Per game and per agent what `previous` had played on the day. */
export function* entriesOfMerge(
  { date, mode, person, previous, provider }: Merge,
  player: string,
  plays: readonly (Play & Pick<Deed, 'game' | 'agent'>)[],
  appendedAt: number,
) {
  const ofDay = plays.filter((play) => play.date === date);
  const accounts = new Map<string, Interval[]>();
  for (const play of ofDay) {
    for (const name of [`g${play.game}`, ...(play.agent === null ? [] : [`a${play.agent.agentId}`])]) {
      accounts.set(name, [...(accounts.get(name) ?? []), play]);
    }
  }
  for (const [name, intervals] of accounts) {
    const place = name.startsWith('g') ? { game: name.slice(1), agent: '' } : { game: '', agent: name.slice(1) };
    for (const { from, to } of union(intervals)) {
      const fields = { session: '', world: `${mode}:${provider}`, person, player, ...place, station: '', band: '' };
      const when = { context: '', date, from: instant(from), to: instant(to), previous };
      yield { appendedAt, fields: { kind: 'merged', ...fields, ...when } };
    }
  }
}
