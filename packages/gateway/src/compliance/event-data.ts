// What each kind of entry says, as the data of its event. One row of the table per kind.
import { type CalendarDate, formatInstant, type Instant } from '@playgate/policy';
import type { EventData, SubjectEventKind } from './compliance-event.ts';
import {
  codeIn,
  dateIn,
  type Fields,
  idIn,
  instantIn,
  intervalIn,
  limitsIn,
  optionalId,
  optionalInstant,
  optionalWhole,
  textIn,
  usedIn,
  wholeIn,
} from './entry-fields.ts';

export interface EntryContent<Kind extends SubjectEventKind> {
  readonly at: Instant;
  /** Null: the calendar day of `at`. */
  readonly date: CalendarDate | null;
  readonly data: EventData[Kind];
}

type Readers = { readonly [Kind in SubjectEventKind]: (fields: Fields) => EntryContent<Kind> };

/** They throw an EntryUnreadableError. `previous` of a merged entry is still the id; the commitment takes its place later. */
export const READERS: Readers = {
  opened: (fields) => ({ ...atOf(fields), data: { ...usedOf(fields), ...limitsOf(fields) } }),
  denied: (fields) => ({ ...atOf(fields), data: { reason: codeIn(fields, 'reason'), ...usedOf(fields) } }),
  play: (fields) => {
    const { at, date, from, to } = playedOf(fields);
    return { at, date, data: { from, to, leasedMs: Math.max(0, optionalWhole(fields, 'leased') ?? 0) } };
  },
  merged: (fields) => {
    const { at, date, from, to } = playedOf(fields);
    return { at, date, data: { from, to, previous: idIn(fields, 'previous') } };
  },
  gap: (fields) => {
    const { endsAt, startsAt } = intervalIn(fields);
    return { at: endsAt, date: null, data: { from: formatInstant(startsAt), to: formatInstant(endsAt) } };
  },
  paused: (fields) => ({ ...atOf(fields), data: {} }),
  resumed: (fields) => ({ ...atOf(fields), data: {} }),
  warned: (fields) => ({ ...atOf(fields), data: { leftMs: wholeIn(fields, 'left') } }),
  ended: (fields) => ({ ...atOf(fields), data: endedOf(fields) }),
  overrun: (fields) => ({ ...atOf(fields), data: { overrunMs: Math.max(0, wholeIn(fields, 'overrun')) } }),
  closed: (fields) => ({ ...atOf(fields), data: closedOf(fields) }),
  corrected: (fields) => ({ at: instantIn(fields, 'at'), date: dateIn(fields, 'date'), data: correctedOf(fields) }),
};

export const isSubjectKind = (kind: string | undefined): kind is SubjectEventKind =>
  kind !== undefined && Object.hasOwn(READERS, kind);

const atOf = (fields: Fields) => ({ at: instantIn(fields, 'at'), date: null });

function playedOf(fields: Fields) {
  const { endsAt, startsAt } = intervalIn(fields);
  return {
    at: endsAt,
    date: dateIn(fields, 'date'),
    from: formatInstant(startsAt),
    to: formatInstant(endsAt),
  };
}

function usedOf(fields: Fields): Pick<EventData['opened'], 'usedMs'> {
  const usedMs = usedIn(fields);
  return usedMs === undefined ? {} : { usedMs };
}

function limitsOf(fields: Fields): Pick<EventData['opened'], 'limitMs'> {
  const limitMs = limitsIn(fields);
  return limitMs === undefined ? {} : { limitMs };
}

function endedOf(fields: Fields): EventData['ended'] {
  const by = optionalId(fields, 'by');
  return {
    cause: codeIn(fields, 'cause'),
    ...(fields.reason ? { reason: codeIn(fields, 'reason') } : {}),
    ...(by === null ? {} : { by }),
    limitAt: optionalInstant(fields, 'limit'),
    orderedAt: optionalInstant(fields, 'ordered'),
    ...usedOf(fields),
    ...limitsOf(fields),
    overrunMs: optionalWhole(fields, 'overrun') ?? 0,
    gaps: optionalWhole(fields, 'gaps') ?? 0,
  };
}

function closedOf(fields: Fields): EventData['closed'] {
  const verdictSeq = optionalWhole(fields, 'verdictSeq') ?? -1;
  return {
    reason: codeIn(fields, 'reason'),
    clientEndedAt: optionalInstant(fields, 'clientEnded'),
    verdictSeq: verdictSeq < 0 ? null : verdictSeq,
    overrunMs: optionalWhole(fields, 'overrun') ?? 0,
  };
}

function correctedOf(fields: Fields): EventData['corrected'] {
  const [game, undoes] = [optionalId(fields, 'game'), optionalId(fields, 'undoes')];
  const bonusMs = optionalWhole(fields, 'bonus');
  return {
    correctionId: idIn(fields, 'correction'),
    ...(game === null ? {} : { game }),
    deltaMs: wholeIn(fields, 'delta'),
    ...(bonusMs === null ? {} : { bonusMs }),
    author: idIn(fields, 'author'),
    reasonHash: textIn(fields, 'reasonHash'),
    ...(undoes === null ? {} : { undoes }),
  };
}
