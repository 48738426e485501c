// The event of the compliance ledger: one thing that happened, as it is kept for good. Its canonical text is one leaf of the
// evidence tree and one line of the export, so it is made once, from the entry and from what is looked up beside it, and never
// changed. It names nobody: persons and players stand in it as commitments (subject-commitment.ts), and no text that a human wrote.
import { type AgeBand, type CalendarDate, canonicalJson, type Instant } from '@playgate/policy';
import type { Assurance } from '../directory/directory.ts';
import type { Mode } from '../directory/world.ts';
import type { SessionProtocol } from '../sessions/session-context.ts';

export const EVENT_SOURCES = ['live', 'lease', 'fallback'] as const;
/** `lease`: play credited over a missed heartbeat; `fallback`: decided while the live ledger was away. */
export type EventSource = (typeof EVENT_SOURCES)[number];

export interface UsedByScopeMs {
  readonly game: number;
  readonly provider: number;
  readonly agent: number;
  readonly person: number;
}

/** Null: counted, not limited. */
export type LimitByScopeMs = Readonly<Record<keyof UsedByScopeMs, number | null>>;

/** Data by kind. Instants are RFC 3339 with milliseconds, `from` and `to` a half-open interval. */
export interface EventData {
  readonly opened: { readonly usedMs?: UsedByScopeMs; readonly limitMs?: LimitByScopeMs };
  readonly denied: { readonly reason: string; readonly usedMs?: UsedByScopeMs };
  readonly play: { readonly from: string; readonly to: string; readonly leasedMs: number };
  /** Play that was the person's of the commitment `previous` until the two turned out to be one. */
  readonly merged: { readonly from: string; readonly to: string; readonly previous: string };
  readonly gap: { readonly from: string; readonly to: string };
  readonly paused: Readonly<Record<string, never>>;
  readonly resumed: Readonly<Record<string, never>>;
  readonly warned: { readonly leftMs: number };
  readonly ended: {
    readonly cause: string;
    readonly reason?: string;
    /** Who ordered the end from outside. */
    readonly by?: string;
    readonly limitAt: string | null;
    /** When the end was told to the client; null: never (silence, takeover, closed by itself). */
    readonly orderedAt: string | null;
    readonly usedMs?: UsedByScopeMs;
    readonly limitMs?: LimitByScopeMs;
    readonly overrunMs: number;
    readonly gaps: number;
  };
  /** Play that went on after the end was told: all of the session so far. */
  readonly overrun: { readonly overrunMs: number };
  readonly closed: {
    readonly reason: string;
    readonly clientEndedAt: string | null;
    readonly verdictSeq: number | null;
    readonly overrunMs: number;
  };
  readonly corrected: {
    readonly correctionId: string;
    /** Absent: a grant, which is for every game. */
    readonly game?: string;
    readonly deltaMs: number;
    /** Of a grant, and of what takes one back. */
    readonly bonusMs?: number;
    readonly author: string;
    /** SHA-256, hex, of the salted reason; the salt stays in the row of the correction. */
    readonly reasonHash: string;
    readonly undoes?: string;
  };
  /** An entry that could not be understood; `fieldsHash` is the SHA-256, hex, of its fields as canonical JSON. */
  readonly unreadable: { readonly fieldsHash: string };
}

export type EventKind = keyof EventData;
export type SubjectEventKind = Exclude<EventKind, 'unreadable'>;

interface EventHead {
  /** 0, 1, 2, ... without a gap: the index of the leaf. */
  readonly seq: number;
  /** `<partition>/<entry id>`: where it came from, each once. */
  readonly entry: string;
  /** RFC 3339 with milliseconds, in the time of its world. */
  readonly at: string;
  /** Calendar day of `at` in the policy's zone; of play, merged and corrected the day it counts to. */
  readonly date: CalendarDate;
  readonly source: EventSource;
}

/** Whose it was; keys are absent where they do not apply. */
export interface EventSubject {
  readonly mode: Mode;
  readonly provider: string;
  /** Commitment of the person. */
  readonly person: string;
  /** Commitment of the player. */
  readonly player: string;
  readonly session?: string;
  readonly game?: string;
  readonly agent?: string;
  /** Of the agent at the time the event was kept. */
  readonly province?: string;
  readonly station?: string;
  /** Opening hours of the agent: `08:00-22:00`. */
  readonly hours?: string;
  readonly band?: AgeBand;
  readonly assurance?: Assurance;
  readonly protocol?: SessionProtocol;
  /** The rules it was decided by; no hash where this deployment never had them. */
  readonly policy?: { readonly id: string; readonly version: number; readonly hash?: string };
}

export type EventOf<Kind extends SubjectEventKind> = EventHead &
  EventSubject & { readonly kind: Kind; readonly data: EventData[Kind] };

/** It names its world where at least that could be read. */
export interface UnreadableEvent extends EventHead {
  readonly kind: 'unreadable';
  readonly mode?: Mode;
  readonly provider?: string;
  readonly data: EventData['unreadable'];
}

export type SubjectEvent = { readonly [Kind in SubjectEventKind]: EventOf<Kind> }[SubjectEventKind];
export type ComplianceEvent = SubjectEvent | UnreadableEvent;

/** An event as the log gives it back. The ids are null once the player or person was erased. */
export interface LoggedEvent {
  readonly seq: number;
  /** The exact text that was kept. */
  readonly leaf: string;
  readonly event: ComplianceEvent;
  readonly personId: string | null;
  readonly playerId: string | null;
}

/** The text that the evidence tree hashes: canonical JSON (RFC 8785). Throws a TypeError for text that has none. */
export const leafOf = (event: ComplianceEvent): string => canonicalJson(event);

/** Of a text that `leafOf` made. */
export const readLeaf = (leaf: string): ComplianceEvent => JSON.parse(leaf) as ComplianceEvent;

/** Milliseconds of an instant of an event. */
export const instantOf = (text: string): Instant => Date.parse(text);
