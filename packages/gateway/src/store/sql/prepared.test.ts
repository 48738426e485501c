import { Kysely, PostgresDialect } from 'kysely';
import { expect, test } from 'vitest';
import { prepare, preparedName } from './prepared.ts';

const nowhere = () => Promise.reject(new Error('nothing is sent'));
const db = new Kysely<{ players: { player_id: string; band: string } }>({
  dialect: new PostgresDialect({ pool: { connect: nowhere, end: async () => {}, options: {} } }),
});

test('one text, with the values of each call where they belong', () => {
  let built = 0;
  const find = prepare<{ id: string; band: string }>('find')((value) => {
    built++;
    return db
      .selectFrom('players')
      .select('player_id')
      .where('band', '=', value('band'))
      .where('player_id', '<>', 'nobody')
      .where('player_id', '=', value('id'))
      .limit(1);
  });
  const [first, second] = [find({ id: 'a', band: 'under_12' }), find({ id: 'b', band: '12_15' })];
  expect(built).toBe(1);
  expect(first.parameters).toEqual(['under_12', 'nobody', 'a', 1]);
  expect(second.parameters).toEqual(['12_15', 'nobody', 'b', 1]);
  expect(second.sql).toBe(first.sql);
  expect(preparedName(first.sql)).toBe('find');
});

test('nothing else is taken for prepared', () => {
  expect(preparedName('select 1')).toBeNull();
  expect(preparedName('select 1 /* why */')).toBeNull();
});
