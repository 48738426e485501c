import type { Instant, Rating } from '@playgate/policy';
import type { Kysely } from 'kysely';
import { LRUCache } from 'lru-cache';
import type { Game, GameClass, Games } from '../../directory/directory.ts';
import type { World } from '../../directory/world.ts';
import type { Schema } from './schema.ts';

const GAMES_KEPT_MAX = 10_000;
/** Titles of one provider shown in one answer; the largest publishers have a few hundred. */
export const GAMES_LISTED_MAX = 1_000;

/** Every session start asks for its game. A game never changes once created, so a found one is kept. */
export class SqlGames implements Games {
  readonly #db: Kysely<Schema>;
  readonly #found = new LRUCache<string, Game>({ max: GAMES_KEPT_MAX });

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async create(world: World, game: Game, now: Instant): Promise<Game | null> {
    const { gameId, title, rating, policyId } = game;
    const row = await this.#db
      .insertInto('games')
      .values({
        provider_id: world.providerId,
        mode: world.mode,
        game_id: gameId,
        title,
        class: game.class,
        rating,
        policy_id: policyId,
        created_at: now,
      })
      .onConflict((conflict) => conflict.doNothing())
      .returningAll()
      .executeTakeFirst();
    return row === undefined ? null : gameOf(row);
  }

  async find(world: World, gameId: string): Promise<Game | null> {
    const place = `${world.providerId} ${world.mode} ${gameId}`;
    const known = this.#found.get(place);
    if (known !== undefined) return known;
    const row = await this.#selectIn(world).where('game_id', '=', gameId).executeTakeFirst();
    if (row === undefined) return null;
    const game = gameOf(row);
    this.#found.set(place, game);
    return game;
  }

  async list(world: World): Promise<readonly Game[]> {
    const rows = await this.#selectIn(world).orderBy('created_at').orderBy('game_id').limit(GAMES_LISTED_MAX).execute();
    return rows.map(gameOf);
  }

  #selectIn(world: World) {
    return this.#db
      .selectFrom('games')
      .selectAll()
      .where('provider_id', '=', world.providerId)
      .where('mode', '=', world.mode);
  }
}

function gameOf(row: Schema['games']): Game {
  return {
    gameId: row.game_id,
    title: row.title,
    class: row.class as GameClass,
    rating: row.rating as Rating,
    policyId: row.policy_id,
  };
}
