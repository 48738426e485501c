import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import {
  type Grant,
  SIGN_IN_IDLE_MS_MAX,
  SIGN_IN_MS_MAX,
  SIGN_IN_TOUCH_EVERY_MS,
} from '../src/sign-in/sign-in-sessions.ts';
import { SqlAgents } from '../src/store/sql/sql-agents.ts';
import { SqlProviders } from '../src/store/sql/sql-providers.ts';
import { SqlRegulators } from '../src/store/sql/sql-regulators.ts';
import { SqlSignInSessions } from '../src/store/sql/sql-sign-in-sessions.ts';
import { describeOnDatabases } from './support/databases.ts';

const NOW = Date.UTC(2026, 9, 14, 3);
const random = () => randomBytes(32).toString('base64url');
const signInOf = (grant: Grant) => ({
  sessionId: random(),
  state: random(),
  issuer: 'https://id.example',
  subject: 'anna',
  grant,
});

describeOnDatabases('SqlSignInSessions', (database) => {
  const open = () => new SqlSignInSessions(database().db);

  it('gives back what was granted', async () => {
    const { db } = database();
    const { providerId } = await new SqlProviders(db).create('Studio', NOW);
    const hours = { opensAt: '08:00', closesAt: '22:00' };
    const agent = { name: 'Café', licenceNo: 'L', province: 'Huế', hours };
    const { agentId } = await new SqlAgents(db).create(agent, NOW);
    const { regulatorId } = await new SqlRegulators(db).create('Sở', {}, NOW);
    const grants: readonly Grant[] = [
      { role: 'operator' },
      { role: 'provider', subjectId: providerId, mode: 'live' },
      { role: 'agent', subjectId: agentId },
      { role: 'regulator', subjectId: regulatorId },
    ];
    for (const grant of grants) {
      const signIn = signInOf(grant);
      expect(await open().add(signIn, NOW)).toBe('added');
      expect(await open().use(signIn.sessionId, NOW)).toEqual({
        signInId: expect.stringMatching(/^sgn_/),
        issuer: 'https://id.example',
        subject: 'anna',
        grant,
        expiresAt: NOW + SIGN_IN_IDLE_MS_MAX,
      });
    }
    for (const role of ['agent', 'regulator'] as const) {
      // An id of another kind.
      expect(await open().add(signInOf({ role, subjectId: providerId }), NOW)).toBe('subject_unknown');
    }
  });

  it('makes one session of a state, however many try at once', async () => {
    const { state } = signInOf({ role: 'operator' });
    const tries = Array.from({ length: 8 }, () => open().add({ ...signInOf({ role: 'operator' }), state }, NOW));
    const outcomes = await Promise.all(tries);
    expect(outcomes.filter((outcome) => outcome === 'added')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'state_used')).toHaveLength(7);
  });

  it('writes use down once a minute, and ends what is idle, old or revoked', async () => {
    const sessions = open();
    const { sessionId, ...rest } = signInOf({ role: 'operator' });
    await sessions.add({ sessionId, ...rest }, NOW);
    const early = await sessions.use(sessionId, NOW + SIGN_IN_TOUCH_EVERY_MS - 1);
    expect(early?.expiresAt).toBe(NOW + SIGN_IN_IDLE_MS_MAX);
    const used = await sessions.use(sessionId, NOW + SIGN_IN_TOUCH_EVERY_MS);
    expect(used?.expiresAt).toBe(NOW + SIGN_IN_TOUCH_EVERY_MS + SIGN_IN_IDLE_MS_MAX);
    expect(await sessions.use(sessionId, used!.expiresAt)).toBeNull();
    expect(await sessions.use(sessionId, NOW + SIGN_IN_MS_MAX)).toBeNull();
    expect(await sessions.use(random(), NOW)).toBeNull();
    await sessions.revoke(random(), NOW);
    expect(await sessions.use(sessionId, used!.expiresAt - 1)).not.toBeNull();
    await sessions.revoke(sessionId, NOW);
    expect(await sessions.use(sessionId, NOW)).toBeNull();
  });

  it('are listed and ended by the operator: one, all of a person, all', async () => {
    const sessions = open();
    await sessions.end({ by: 'all' }, NOW);
    const add = async (subject: string) => {
      const signIn = { ...signInOf({ role: 'operator' }), subject };
      await sessions.add(signIn, NOW);
      return { ...signIn, signInId: (await sessions.use(signIn.sessionId, NOW))!.signInId };
    };
    const [anna, annaAgain, binh, chi] = [await add('anna'), await add('anna'), await add('binh'), await add('chi')];
    const listGood = async (now = NOW) => (await sessions.list(now)).map(({ signInId }) => signInId).sort();
    const idsOf = (...signIns: readonly { readonly signInId: string }[]) => signIns.map((each) => each.signInId).sort();
    expect(await listGood()).toEqual(idsOf(anna, annaAgain, binh, chi));
    expect(await listGood(NOW + SIGN_IN_IDLE_MS_MAX), 'those that are good only').toEqual([]);
    expect((await sessions.list(NOW))[0]).toMatchObject({ grant: { role: 'operator' }, createdAt: NOW, usedAt: NOW });
    expect(await sessions.end({ by: 'signInId', value: chi.signInId }, NOW)).toEqual([chi.signInId]);
    expect(await sessions.end({ by: 'signInId', value: chi.signInId }, NOW), 'ended before').toEqual([]);
    expect(await sessions.end({ by: 'signInId', value: 'anna' }, NOW)).toEqual([]);
    expect([...(await sessions.end({ by: 'subject', value: 'anna' }, NOW))].sort()).toEqual(idsOf(anna, annaAgain));
    expect(await open().use(annaAgain.sessionId, NOW)).toBeNull();
    expect(await open().use(binh.sessionId, NOW)).not.toBeNull();
    expect(await sessions.end({ by: 'all' }, NOW)).toEqual([binh.signInId]);
    expect(await open().use(binh.sessionId, NOW)).toBeNull();
  });

  it('forgets old ones with new ones', async () => {
    const sessions = open();
    await sessions.add(signInOf({ role: 'operator' }), NOW);
    await sessions.add(signInOf({ role: 'operator' }), NOW + 2 * SIGN_IN_MS_MAX);
    const rows = await database().db.selectFrom('sign_in_sessions').select('ends_at').execute();
    expect(rows.map(({ ends_at }) => ends_at)).toEqual([NOW + 3 * SIGN_IN_MS_MAX]);
  });
});
