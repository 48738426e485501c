// An entry of the live ledger -> the event that is kept. The entry is text that a script wrote, perhaps of another version of the
// gateway; whatever is not understood makes it `unreadable`, never half an event.
import { createHash } from 'node:crypto';
import { type CalendarDate, canonicalJson, dayOf, formatInstant, type Instant } from '@playgate/policy';
import type { World } from '../directory/world.ts';
import { decodeContext, type SessionContext } from '../sessions/session-context.ts';
import type { StreamEntry } from '../sessions/session-store.ts';
import { parseWorldName } from '../sessions/stream-entry.ts';
import type { ComplianceEvent, EventSource, EventSubject, SubjectEvent } from './compliance-event.ts';
import { EntryUnreadableError, type Fields, idIn, optionalId } from './entry-fields.ts';
import { timeOfEntry } from './entry-time.ts';
import { type EntryContent, isSubjectKind, READERS } from './event-data.ts';
import type { SubjectKind } from './subject-commitment.ts';

/** What is known of the policies that entries name. */
export interface PolicyBook {
  /** Zone of a policy's calendar; of the default policy for an id that is not known. */
  zoneOf(policyId: string | null): string;
  /** SHA-256 of its text; null: this deployment never had it. */
  hashOf(policyId: string, version: number): string | null;
}

/** What is looked up beside the entries. */
export interface SubjectFacts {
  /** The commitment of an id. */
  readonly refOf: (kind: SubjectKind, id: string) => string;
  readonly provinceOf: (agentId: string) => string | null;
}

/** An entry as far as it says by itself what it is. */
export interface ReadEntry {
  readonly entry: StreamEntry;
  /** Null: an entry that cannot be understood and does not even name its world. */
  readonly world: World | null;
  /** Null: an entry that cannot be understood. */
  readonly subject: {
    readonly personId: string;
    readonly playerId: string;
    /** Of a merge: whose play it was before. */
    readonly previousPersonId: string | null;
    readonly agentId: string | null;
  } | null;
  /** Everything but what `facts` tell is fixed before. */
  toEvent(seq: number, facts: SubjectFacts): ComplianceEvent;
}

/** Never throws. */
export function readEntry(partition: string, entry: StreamEntry, policies: PolicyBook): ReadEntry {
  try {
    return readSubjectEntry(partition, entry, policies);
  } catch (error) {
    if (error instanceof EntryUnreadableError || error instanceof TypeError) {
      return readUnreadable(partition, entry, policies);
    }
    throw error;
  }
}

function readSubjectEntry(partition: string, entry: StreamEntry, policies: PolicyBook): ReadEntry {
  const { fields } = entry;
  if (!isSubjectKind(fields.kind)) throw new EntryUnreadableError('field kind');
  const { kind } = fields as { kind: SubjectEvent['kind'] };
  const content: EntryContent<SubjectEvent['kind']> = READERS[kind](fields);
  const world = readWorld(fields);
  const context = contextOf(fields.context ?? '');
  const [personId, playerId, agentId] = [idIn(fields, 'person'), idIn(fields, 'player'), optionalId(fields, 'agent')];
  const previousPersonId = kind === 'merged' ? idIn(fields, 'previous') : null;
  const head = {
    entry: `${partition}/${entry.entryId}`,
    kind,
    at: formatInstant(content.at),
    date: content.date ?? dateOf(policies.zoneOf(context?.policyId ?? null), content.at),
    source: sourceOf(fields, kind === 'play' && Number(fields.leased ?? 0) > 0),
    mode: world.mode,
    provider: world.providerId,
    ...placeOf(fields, agentId),
    ...contextPart(context, policies),
  };
  return {
    entry,
    world,
    subject: { personId, playerId, previousPersonId, agentId },
    toEvent: (seq, { provinceOf, refOf }) => {
      const province = agentId === null ? null : provinceOf(agentId);
      const previous = previousPersonId === null ? {} : { previous: refOf('person', previousPersonId) };
      return {
        ...head,
        seq,
        person: refOf('person', personId),
        player: refOf('player', playerId),
        ...(province === null ? {} : { province }),
        data: { ...content.data, ...previous },
      } as SubjectEvent;
    },
  };
}

function readUnreadable(partition: string, entry: StreamEntry, policies: PolicyBook): ReadEntry {
  const world = worldOf(entry.fields);
  const at = timeOfEntry(entry.entryId) ?? 0;
  return {
    entry,
    world,
    subject: null,
    toEvent: (seq) => ({
      seq,
      entry: `${partition}/${entry.entryId}`,
      kind: 'unreadable',
      at: formatInstant(at),
      date: dateOf(policies.zoneOf(null), at),
      source: 'live',
      ...(world === null ? {} : { mode: world.mode, provider: world.providerId }),
      data: { fieldsHash: hashOfFields(entry.fields) },
    }),
  };
}

function placeOf(fields: Fields, agentId: string | null): Partial<EventSubject> {
  const [session, game, station] = ['session', 'game', 'station'].map((name) => optionalId(fields, name));
  return {
    ...(session ? { session } : {}),
    ...(game ? { game } : {}),
    ...(agentId === null ? {} : { agent: agentId }),
    ...(station ? { station } : {}),
  };
}

function contextPart(context: SessionContext | null, policies: PolicyBook): Partial<EventSubject> {
  if (context === null) return {};
  const { ageBand, agentHours, assurance, policyId, policyVersion, protocol } = context;
  const hash = policies.hashOf(policyId, policyVersion);
  return {
    band: ageBand,
    ...(agentHours === null ? {} : { hours: `${agentHours.opensAt}-${agentHours.closesAt}` }),
    ...(assurance === null ? {} : { assurance }),
    ...(protocol === null ? {} : { protocol }),
    policy: { id: policyId, version: policyVersion, ...(hash === null ? {} : { hash }) },
  };
}

function sourceOf(fields: Fields, isLeased: boolean): EventSource {
  if (fields.source === 'fallback') return 'fallback';
  return isLeased ? 'lease' : 'live';
}

const CONTEXTS_KEPT_MAX = 1_000;
const contexts = new Map<string, SessionContext | null>();

/** Null: a merge has none, and what cannot be read is left out rather than the whole event. */
function contextOf(text: string): SessionContext | null {
  const known = contexts.get(text);
  if (known !== undefined) return known;
  if (contexts.size >= CONTEXTS_KEPT_MAX) contexts.clear();
  const context = tryDecode(text);
  contexts.set(text, context);
  return context;
}

function tryDecode(text: string): SessionContext | null {
  try {
    return decodeContext(text);
  } catch {
    return null;
  }
}

function readWorld(fields: Fields): World {
  return parseWorldName(idIn(fields, 'world'));
}

function worldOf(fields: Fields): World | null {
  try {
    return readWorld(fields);
  } catch {
    return null;
  }
}

const dateOf = (zone: string, at: Instant): CalendarDate => dayOf(zone, at).date;

/** Of any text: what JSON cannot say exactly is hashed as it would be written. */
export function hashOfFields(fields: Fields): string {
  const wellFormed = Object.entries(fields).map(([name, text]) => [wellFormedOf(name), wellFormedOf(text)]);
  return createHash('sha256')
    .update(canonicalJson(Object.fromEntries(wellFormed)))
    .digest('hex');
}

const LONE_SURROGATES = /\p{Surrogate}/gu;
const wellFormedOf = (text: string): string => text.replace(LONE_SURROGATES, '\uFFFD');
