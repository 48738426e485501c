// What entries tell, as far as figures of reports follow from it. Written from the definitions in docs/reports.md, and nothing
// of the gateway's own sums is used: that is the point of counting again.
import { addInterval, type CalendarDate, type Interval } from '@playgate/policy';
import { type ComplianceEvent, type EventOf, instantOf, type SubjectEvent } from '../../compliance-event.ts';

/** What figures are told apart by. */
export interface Place {
  readonly provider: string;
  readonly game: string | null;
  readonly agent: string | null;
  readonly province: string | null;
}

export interface SessionFact {
  readonly place: Place;
  readonly person: string;
  readonly isMinor: boolean;
  readonly assurance: string | null;
  readonly isFallback: boolean;
  openedAt: number;
  openedDate: CalendarDate;
  endedDate: CalendarDate | null;
  limitAt: number | null;
  orderedAt: number | null;
  closedAt: number | null;
  isAcknowledged: boolean;
  clientEndedAt: number | null;
  /** What each entry knew of it: all of the session so far, and when it was told. */
  readonly overruns: { readonly at: number; readonly overrunMs: number }[];
  gaps: number;
  gapEntries: number;
  /** Play at an agent, to be held to its opening hours. */
  readonly atAgent: {
    readonly hours: string;
    readonly date: CalendarDate;
    readonly fromAt: number;
    readonly toAt: number;
  }[];
}

export interface PlayFact {
  readonly place: Place;
  readonly person: string;
  readonly date: CalendarDate;
  isMinor: boolean;
  intervals: readonly Interval[];
}

export interface DenialFact {
  readonly place: Place;
  readonly person: string;
  readonly date: CalendarDate;
  readonly reason: string;
  readonly isFallback: boolean;
}

export interface CorrectionFact {
  readonly place: Place;
  readonly at: number;
  readonly deltaMs: number;
}

/** The facts of worlds of one mode up to a day. */
export class RecordFacts {
  readonly sessions = new Map<string, SessionFact>();
  /** By provider, day and person; then by game and agent. */
  readonly days = new Map<string, Map<string, PlayFact>>();
  /** By provider, day and person: play that counts for another person since a merge. */
  readonly givenAway = new Map<string, readonly Interval[]>();
  readonly denials: DenialFact[] = [];
  readonly corrections: CorrectionFact[] = [];
  readonly #mode: string;
  readonly #from: CalendarDate;
  readonly #to: CalendarDate;

  constructor(mode: string, from: CalendarDate, to: CalendarDate) {
    this.#mode = mode;
    this.#from = from;
    this.#to = to;
  }

  add(event: ComplianceEvent): void {
    if (event.kind === 'unreadable' || event.mode !== this.#mode) return;
    if (event.kind === 'corrected') this.#addCorrection(event);
    if (event.kind === 'denied' && this.#isAsked(event.date)) this.#addDenial(event);
    if (event.kind === 'play' || event.kind === 'merged') this.#addPlay(event);
    if (event.session !== undefined && event.kind !== 'merged' && event.kind !== 'denied') this.#addToSession(event);
  }

  #isAsked(date: CalendarDate): boolean {
    return this.#from <= date && date <= this.#to;
  }

  #addCorrection(event: EventOf<'corrected'>): void {
    // Without a game it is a grant, which is no correction of play.
    if (event.game === undefined) return;
    const place = { provider: event.provider, game: event.game, agent: null, province: null };
    this.corrections.push({ place, at: instantOf(event.at), deltaMs: event.data.deltaMs });
  }

  #addDenial(event: EventOf<'denied'>): void {
    const isFallback = event.source === 'fallback';
    this.denials.push({
      place: placeOf(event),
      person: event.person,
      date: event.date,
      reason: event.data.reason,
      isFallback,
    });
  }

  #addPlay(event: EventOf<'play'> | EventOf<'merged'>): void {
    if (!this.#isAsked(event.date)) return;
    const played = { startsAt: instantOf(event.data.from), endsAt: instantOf(event.data.to) };
    const key = dayKey(event.provider, event.date, event.person);
    if (event.kind === 'merged') {
      const before = dayKey(event.provider, event.date, event.data.previous);
      this.givenAway.set(before, addInterval(this.givenAway.get(before) ?? [], played));
    }
    if (event.game === undefined) return;
    const facts = this.days.get(key) ?? new Map<string, PlayFact>();
    this.days.set(key, facts);
    const name = `${event.game} ${event.agent ?? ''}`;
    const known = facts.get(name);
    const place = placeOf(event);
    facts.set(name, {
      place: { ...place, province: place.province ?? known?.place.province ?? null },
      person: event.person,
      date: event.date,
      isMinor: event.band === undefined ? (known?.isMinor ?? false) : isMinor(event),
      intervals: addInterval(known?.intervals ?? [], played),
    });
  }

  #addToSession(event: SubjectEvent): void {
    if (event.kind === 'paused' || event.kind === 'resumed') return;
    const id = event.session!;
    const session = this.sessions.get(id) ?? newSession(event);
    if (session.openedDate > this.#to) return;
    this.sessions.set(id, session);
    tell(session, event);
    const isOver = event.kind === 'closed' && session.endedDate !== null && session.endedDate < this.#from;
    if (isOver) this.sessions.delete(id);
  }
}

export const dayKey = (provider: string, date: CalendarDate, person: string): string => `${provider} ${date} ${person}`;

const isMinor = ({ band }: SubjectEvent): boolean => band !== undefined && band !== 'adult';

const placeOf = ({ agent, game, provider, province }: SubjectEvent): Place => ({
  provider,
  game: game ?? null,
  agent: agent ?? null,
  province: province ?? null,
});

/** From whatever of it came first. */
function newSession(event: SubjectEvent): SessionFact {
  return {
    place: placeOf(event),
    person: event.person,
    isMinor: isMinor(event),
    assurance: event.assurance ?? null,
    isFallback: event.source === 'fallback',
    openedAt: instantOf('from' in event.data ? event.data.from : event.at),
    openedDate: event.date,
    endedDate: null,
    limitAt: null,
    orderedAt: null,
    closedAt: null,
    isAcknowledged: false,
    clientEndedAt: null,
    overruns: [],
    gaps: 0,
    gapEntries: 0,
    atAgent: [],
  };
}

function tell(session: SessionFact, event: SubjectEvent): void {
  const { date, hours } = event;
  const toAt = instantOf(event.at);
  switch (event.kind) {
    case 'opened':
      session.openedAt = toAt;
      session.openedDate = date;
      return;
    case 'play':
      if (hours !== undefined) session.atAgent.push({ hours, date, fromAt: instantOf(event.data.from), toAt });
      return;
    case 'gap':
      session.gapEntries += 1;
      return;
    case 'ended':
      session.endedDate = date;
      session.limitAt = atOrNull(event.data.limitAt);
      session.orderedAt = atOrNull(event.data.orderedAt);
      session.overruns.push({ at: toAt, overrunMs: event.data.overrunMs });
      session.gaps = event.data.gaps;
      if (hours !== undefined) {
        session.atAgent.push({ hours, date: session.openedDate, fromAt: session.openedAt, toAt });
      }
      return;
    case 'overrun':
      session.overruns.push({ at: toAt, overrunMs: event.data.overrunMs });
      return;
    case 'closed':
      session.closedAt = toAt;
      session.overruns.push({ at: toAt, overrunMs: event.data.overrunMs });
      session.isAcknowledged ||= event.data.verdictSeq !== null;
      session.clientEndedAt = atOrNull(event.data.clientEndedAt);
      return;
  }
}

const atOrNull = (text: string | null): number | null => (text === null ? null : instantOf(text));
