// Whose a session is and where it is played stays as it began: an entry that says something else was changed, though no figure
// may show it.
import type { ComplianceEvent, SubjectEvent } from '../../compliance-event.ts';

const WORLD_AND_GAME = ['provider', 'mode', 'game'] as const;
const ALL = [...WORLD_AND_GAME, 'person', 'agent', 'station'] as const;
type Field = (typeof ALL)[number];

type Identity = Pick<SubjectEvent, Field>;

/** Remembers sessions until they are closed. */
export class SessionIdentities {
  readonly #known = new Map<string, Identity>();

  /** Which field of the entry is another than its session began with; null: none. */
  wrongFieldOf(event: ComplianceEvent): Field | null {
    if (event.kind === 'unreadable' || event.session === undefined) return null;
    // Told by the token of the session alone, without the ledger: it names neither person nor station.
    const isByToken = event.source === 'fallback' && event.kind !== 'opened';
    const known = this.#known.get(event.session);
    if (event.kind === 'closed') this.#known.delete(event.session);
    else if (known === undefined && !isByToken) this.#known.set(event.session, identityOf(event));
    if (known === undefined) return null;
    const fields: readonly Field[] = isByToken ? WORLD_AND_GAME : ALL;
    return fields.find((field) => known[field] !== event[field]) ?? null;
  }
}

const identityOf = (event: SubjectEvent): Identity =>
  Object.fromEntries(ALL.flatMap((field) => (event[field] === undefined ? [] : [[field, event[field]]]))) as Identity;
