// What an append has to know beside its entries, in one question: which of them are kept, the commitments of their subjects, who
// among these is erased, and where their agents are.
import { sql, type Transaction } from 'kysely';
import type { SubjectFacts } from '../../compliance/read-entry.ts';
import { commitTo, newSalt, type SubjectKind } from '../../compliance/subject-commitment.ts';
import { keyOf, type PlacedEntry } from './placed-entry.ts';
import type { Schema } from './schema.ts';

export interface EventFacts extends SubjectFacts {
  /** Key of a kept entry (`keyOf`) -> what tells it from another of the same id. */
  readonly kept: ReadonlyMap<string, string>;
  isErased(kind: SubjectKind, id: string): boolean;
}

type Answer = {
  readonly kept: readonly (readonly [number, string, string, string])[] | null;
  readonly refs: Readonly<Record<string, string>> | null;
  readonly players: readonly string[] | null;
  readonly persons: readonly string[] | null;
  readonly provinces: Readonly<Record<string, string>> | null;
};

/** Makes the commitments that are not there yet. Held under the row of `log_head`, so nobody else makes one meanwhile. */
export async function lookUpFacts(db: Transaction<Schema>, placed: readonly PlacedEntry[]): Promise<EventFacts> {
  const { agents, kinds } = subjectsOf(placed);
  const answer = await ask(db, placed, kinds, agents);
  const erased = new Set([...(answer.players ?? []), ...(answer.persons ?? [])]);
  const refs = new Map(Object.entries(answer.refs ?? {}));
  const made: { subject_id: string; kind: SubjectKind; salt: string; ref: string }[] = [];
  for (const [id, kind] of kinds) {
    if (refs.has(id)) continue;
    const salt = newSalt();
    const ref = commitTo(id, salt);
    refs.set(id, ref);
    // Of who was erased no commitment is kept: what still comes in stands under one that leads nowhere.
    if (!erased.has(id)) made.push({ subject_id: id, kind, salt: Buffer.from(salt).toString('hex'), ref });
  }
  if (made.length > 0) await keepCommitments(db, made);
  const provinces = answer.provinces ?? {};
  return {
    kept: new Map(
      (answer.kept ?? []).map(([month, partition, entryId, is]) => [keyOf({ month, partition, entryId }), is]),
    ),
    refOf: (_kind, id) => refs.get(id)!,
    provinceOf: (agentId) => provinces[agentId] ?? null,
    isErased: (_kind, id) => erased.has(id),
  };
}

function subjectsOf(placed: readonly PlacedEntry[]) {
  const kinds = new Map<string, SubjectKind>();
  const agents = new Set<string>();
  for (const { read } of placed) {
    if (read.subject === null) continue;
    const { agentId, personId, playerId, previousPersonId } = read.subject;
    kinds.set(personId, 'person').set(playerId, 'player');
    if (previousPersonId !== null) kinds.set(previousPersonId, 'person');
    if (agentId !== null) agents.add(agentId);
  }
  return { agents: [...agents], kinds };
}

/** The look for kept entries is bound row by row, so that it stays a walk down one index whatever the planner believes. */
async function ask(
  db: Transaction<Schema>,
  placed: readonly PlacedEntry[],
  kinds: ReadonlyMap<string, SubjectKind>,
  agents: readonly string[],
): Promise<Answer> {
  const entries = JSON.stringify(
    placed.map(({ entryId, month, partition }) => ({ month, partition, entry_id: entryId })),
  );
  const idsOf = (wanted: SubjectKind) =>
    JSON.stringify([...kinds].flatMap(([id, kind]) => (kind === wanted ? [id] : [])));
  const ids = JSON.stringify([...kinds.keys()]);
  const { rows } = await sql<Answer>`
    select
      (select jsonb_agg(jsonb_build_array(wanted.month, wanted.partition, wanted.entry_id, kept.content))
        from jsonb_to_recordset(${entries}::text::jsonb) as wanted (month integer, partition text, entry_id text)
        cross join lateral (
          select events.kind || ' ' || events.at || ' ' || case events.kind
            when 'unreadable' then events.leaf::jsonb #>> '{data,fieldsHash}' else coalesce(events.session_id, '') end as content
          from events
          where events.month = wanted.month and events.partition = wanted.partition and events.entry_id = wanted.entry_id
          limit 1
        ) as kept) as kept,
      (select jsonb_object_agg(subject_id, ref) from event_subjects
        where subject_id in (select jsonb_array_elements_text(${ids}::text::jsonb))) as refs,
      (select jsonb_agg(player_id) from players
        where erased_at is not null and player_id in (select jsonb_array_elements_text(${idsOf('player')}::text::jsonb))) as players,
      (select jsonb_agg(person_id) from (
        select person_id from players
        where person_id in (select jsonb_array_elements_text(${idsOf('person')}::text::jsonb))
        group by person_id having bool_and(erased_at is not null)) as forgotten) as persons,
      (select jsonb_object_agg(agent_id, province) from agents
        where agent_id in (select jsonb_array_elements_text(${JSON.stringify(agents)}::text::jsonb))) as provinces`.execute(
    db,
  );
  return rows[0]!;
}

async function keepCommitments(
  db: Transaction<Schema>,
  made: readonly { subject_id: string; kind: SubjectKind; salt: string; ref: string }[],
): Promise<void> {
  await sql`
    insert into event_subjects (subject_id, kind, salt, ref)
    select subject_id, kind, decode(salt, 'hex'), ref
    from jsonb_to_recordset(${JSON.stringify(made)}::text::jsonb) as made (subject_id text, kind text, salt text, ref text)`.execute(
    db,
  );
}
