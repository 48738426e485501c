// What a deployment brings along: events of before the compliance ledger, and the texts of its policies.
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { systemClock } from '../src/clock.ts';
import { loadPolicies } from '../src/load-policies.ts';
import { MemorySessionStore } from '../src/store/memory/memory-session-store.ts';
import { adoptOldEvents } from '../src/store/sql/adopt-old-events.ts';
import { admitPolicies, PolicyChangedError } from '../src/store/sql/policy-hashes.ts';
import { describeOnDatabases } from './support/databases.ts';
import { entryOf, openTestRecord } from './support/event-log.ts';

describeOnDatabases('a database of before', (database) => {
  test('its events are moved in their order, each once, and their table goes', async () => {
    const { db } = database();
    await sql`
      create table events_before_ledger (
        partition text not null, entry_id text not null, kind text not null, world text not null, person_id text not null,
        play_date text, fields jsonb not null, primary key (partition, entry_id))`.execute(db);
    const entries = ['opened', 'paused', 'resumed'].map((kind, index) =>
      entryOf(kind, { at: String(1_792_000_000_000 + index) }),
    );
    const row = ({ entryId, fields }: (typeof entries)[number]) => ({
      partition: 'p001',
      entry_id: entryId,
      kind: fields.kind!,
      world: fields.world!,
      person_id: fields.person!,
      play_date: null,
      fields: JSON.stringify(fields),
    });
    await db.insertInto('events_before_ledger').values(entries.map(row)).execute();
    const { log } = openTestRecord(database(), new MemorySessionStore(systemClock));
    // Broken off before: the first was moved and not yet taken away.
    await log.append('p001', entries.slice(0, 1));
    expect(await adoptOldEvents(db, log)).toBe(3);
    expect(await adoptOldEvents(db, log)).toBe(0);
    const events = await db.selectFrom('events').select('kind').orderBy('seq').execute();
    expect(events.map(({ kind }) => kind)).toEqual(['opened', 'paused', 'resumed']);
  });

  test('a policy may come and go, but not change under its name', async () => {
    const { db } = database();
    const policies = await loadPolicies('vn-147-2024', null);
    const book = await admitPolicies(db, policies);
    const [policy] = policies.all;
    const { id, version } = policy!.document;
    expect(book.hashOf(id, version)).toBe(policy!.hash);
    expect((await admitPolicies(db, policies)).hashOf(id, version)).toBe(policy!.hash);
    const changed = { ...policies, all: [{ ...policy!, hash: 'f'.repeat(64) }] };
    await expect(admitPolicies(db, changed)).rejects.toThrow(PolicyChangedError);
    await expect(admitPolicies(db, changed)).rejects.toThrow(`policy ${id} version ${version} has another text`);
  });
});
