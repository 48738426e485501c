import { hash } from 'node:crypto';
import type { Instant } from '@playgate/policy';
import type { ExpressionBuilder, Kysely, Selectable } from 'kysely';
import { newId } from '../../directory/new-id.ts';
import {
  type Grant,
  type ListedSignIn,
  type NewSignIn,
  SIGN_IN_IDLE_MS_MAX,
  SIGN_IN_MS_MAX,
  SIGN_IN_TOUCH_EVERY_MS,
  SIGN_INS_LISTED_MAX,
  type SignInAdministration,
  type SignInSelection,
  type SignInSession,
  type SignInSessions,
} from '../../sign-in/sign-in-sessions.ts';
import type { Schema } from './schema.ts';

/** Old rows go along with new ones, a few at a time, so no moment of the day has a great sweep. */
const SWEEP_ROWS_MAX = 20;

type Row = Selectable<Schema['sign_in_sessions']>;

/** Read at each request and never cached: a sign-out holds at once on every gateway, and consoles ask little. */
export class SqlSignInSessions implements SignInSessions, SignInAdministration {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async add(signIn: NewSignIn, now: Instant): Promise<'added' | 'state_used' | 'subject_unknown'> {
    const { sessionId, state, issuer, subject, grant } = signIn;
    if (!(await this.#isKnown(grant))) return 'subject_unknown';
    await this.#sweep(now);
    const added = await this.#db
      .insertInto('sign_in_sessions')
      .values({
        sign_in_id: newId('signIn'),
        session_hash: digest(sessionId),
        state_hash: digest(state),
        issuer,
        subject,
        ...columnsOf(grant),
        created_at: now,
        used_at: now,
        ends_at: now + SIGN_IN_MS_MAX,
        revoked_at: null,
      })
      .onConflict((conflict) => conflict.column('state_hash').doNothing())
      .returning('sign_in_id')
      .executeTakeFirst();
    return added === undefined ? 'state_used' : 'added';
  }

  async use(sessionId: string, now: Instant): Promise<SignInSession | null> {
    const row = await this.#db
      .selectFrom('sign_in_sessions')
      .selectAll()
      .where('session_hash', '=', digest(sessionId))
      .where(isGoodAt(now))
      .executeTakeFirst();
    if (row === undefined) return null;
    const usedAt = now - row.used_at < SIGN_IN_TOUCH_EVERY_MS ? row.used_at : now;
    if (usedAt !== row.used_at) await this.#touch(row.sign_in_id, usedAt);
    return sessionOf({ ...row, used_at: usedAt });
  }

  async revoke(sessionId: string, now: Instant): Promise<void> {
    await this.#db
      .updateTable('sign_in_sessions')
      .set({ revoked_at: now })
      .where('session_hash', '=', digest(sessionId))
      .where('revoked_at', 'is', null)
      .execute();
  }

  async list(now: Instant): Promise<readonly ListedSignIn[]> {
    const rows = await this.#db
      .selectFrom('sign_in_sessions')
      .selectAll()
      .where(isGoodAt(now))
      .orderBy('used_at', 'desc')
      .orderBy('sign_in_id')
      .limit(SIGN_INS_LISTED_MAX)
      .execute();
    return rows.map((row) => ({ ...sessionOf(row), createdAt: row.created_at, usedAt: row.used_at }));
  }

  async end(selection: SignInSelection, now: Instant): Promise<readonly string[]> {
    const good = this.#db.updateTable('sign_in_sessions').set({ revoked_at: now }).where(isGoodAt(now));
    const selected =
      selection.by === 'all'
        ? good
        : good.where(selection.by === 'subject' ? 'subject' : 'sign_in_id', '=', selection.value);
    const ended = await selected.returning('sign_in_id').execute();
    return ended.map(({ sign_in_id }) => sign_in_id);
  }

  async #isKnown(grant: Grant): Promise<boolean> {
    if (grant.role === 'operator') return true;
    const id = grant.subjectId;
    const found = {
      provider: () => this.#db.selectFrom('providers').select('name').where('provider_id', '=', id),
      agent: () => this.#db.selectFrom('agents').select('name').where('agent_id', '=', id),
      regulator: () => this.#db.selectFrom('regulators').select('name').where('regulator_id', '=', id),
    };
    return (await found[grant.role]().executeTakeFirst()) !== undefined;
  }

  async #touch(signInId: string, now: Instant): Promise<void> {
    await this.#db
      .updateTable('sign_in_sessions')
      .set({ used_at: now })
      .where('sign_in_id', '=', signInId)
      .where('used_at', '<', now)
      .execute();
  }

  async #sweep(now: Instant): Promise<void> {
    await this.#db
      .deleteFrom('sign_in_sessions')
      .where('sign_in_id', 'in', (db) =>
        db
          .selectFrom('sign_in_sessions')
          .select('sign_in_id')
          .where('ends_at', '<=', now - SIGN_IN_MS_MAX)
          .limit(SWEEP_ROWS_MAX),
      )
      .execute();
  }
}

const isGoodAt =
  (now: Instant) =>
  ({ and, eb }: ExpressionBuilder<Schema, 'sign_in_sessions'>) =>
    and([eb('revoked_at', 'is', null), eb('ends_at', '>', now), eb('used_at', '>', now - SIGN_IN_IDLE_MS_MAX)]);

function columnsOf(grant: Grant): Pick<Row, 'role' | 'provider_id' | 'mode' | 'agent_id' | 'regulator_id'> {
  return {
    role: grant.role,
    provider_id: grant.role === 'provider' ? grant.subjectId : null,
    mode: grant.role === 'provider' ? grant.mode : null,
    agent_id: grant.role === 'agent' ? grant.subjectId : null,
    regulator_id: grant.role === 'regulator' ? grant.subjectId : null,
  };
}

function sessionOf(row: Row): SignInSession {
  const { sign_in_id: signInId, issuer, subject } = row;
  const expiresAt = Math.min(row.ends_at, row.used_at + SIGN_IN_IDLE_MS_MAX);
  return { signInId, issuer, subject, grant: grantOf(row), expiresAt };
}

/** The table's check constraints hold that the columns named by `role` are set. */
function grantOf(row: Row): Grant {
  switch (row.role) {
    case 'operator':
      return { role: row.role };
    case 'provider':
      return { role: row.role, subjectId: row.provider_id!, mode: row.mode! };
    case 'agent':
      return { role: row.role, subjectId: row.agent_id! };
    default:
      return { role: row.role, subjectId: row.regulator_id! };
  }
}

/** Both texts have 256 random bits; a plain digest of one cannot be searched. */
function digest(text: string): string {
  return hash('sha256', text, 'base64url');
}
