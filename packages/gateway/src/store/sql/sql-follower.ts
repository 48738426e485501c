import type { Transaction } from 'kysely';
import type { LogFollower } from '../../compliance/log-follower.ts';
import type { Schema } from './schema.ts';

/** A follower of the log whose results lie in SQL. */
export type SqlFollower = LogFollower<Transaction<Schema>>;
