// Corrections, grants and statements as a provider's server, a guardian and a regulator see them, on a clock that the test moves.
import type { OperationOf, RequestBody } from '@playgate/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CHILD, createWorld, FREE_RULES, GAME_ID, type World } from './support/request-samples.ts';
import { ADMIN_TOKEN, ManualClock, TestGateway } from './support/test-gateway.ts';

const MINUTE_MS = 60_000;
const DATE = '2026-10-14';
const NOW = Date.UTC(2026, 9, 14, 3);

let gateway: TestGateway;
let world: World;
const clock = new ManualClock(NOW);
beforeAll(async () => {
  gateway = await TestGateway.start({ clock });
});
afterAll(() => gateway[Symbol.asyncDispose]());

type Correction = RequestBody<OperationOf<'createCorrection'>>;

const secret = () => world.tenant.secretKey;
const ofPlayer = () => ({ token: secret(), params: { playerId: world.ids.playerId } });
const correct = (deltaMs: number, reason = 'a lost minute', changes: Partial<Correction> = {}) =>
  gateway.call('createCorrection', {
    ...ofPlayer(),
    body: { date: DATE, gameId: GAME_ID, deltaMs, reason, ...changes },
  });
const undo = (correctionId: string, token = secret()) =>
  gateway.call('undoCorrection', {
    token,
    params: { playerId: world.ids.playerId, correctionId },
    body: { reason: 'not so' },
  });
const playtime = async () => (await gateway.call('getPlaytime', { ...ofPlayer(), query: { date: DATE } })).body;
const statement = async () => (await gateway.call('getStatement', { ...ofPlayer(), query: { date: DATE } })).body;

let seq = 0;
async function beat(state: 'active' | 'paused' = 'active') {
  const { sessionId } = world.ids;
  const token = world.credentials.session;
  return (await gateway.call('recordHeartbeat', { token, params: { sessionId }, body: { seq: ++seq, state } })).body;
}

async function play(minutes: number) {
  let answer = await beat();
  for (let half = 0; half < 2 * minutes; half++) {
    await gateway.call('advanceSandboxClock', { token: secret(), body: { ms: MINUTE_MS / 2 } });
    answer = await beat();
  }
  return answer;
}

beforeEach(async () => {
  clock.set(NOW);
  seq = 0;
  world = await createWorld(gateway);
  // The world has one of a minute: taken back, so that the day begins with nothing.
  await undo(world.ids.correctionId);
});

describe('corrections', () => {
  it('take time away from a running session at its next heartbeat', async () => {
    await play(10);
    const made = (await correct(20 * MINUTE_MS)).body;
    expect(made).toMatchObject({
      kind: 'correction',
      deltaMs: 20 * MINUTE_MS,
      author: { role: 'secret' },
      undoneBy: null,
    });
    const answer = await beat();
    expect(answer).toMatchObject({ verdict: 'continue', remainingMs: 30 * MINUTE_MS });
    expect(answer.used).toEqual({ gameMs: 30 * MINUTE_MS, providerMs: 30 * MINUTE_MS });
    expect((await play(30)).verdict).toBe('end');
    expect(await playtime()).toMatchObject({
      totalMs: 60 * MINUTE_MS,
      correctedMs: 20 * MINUTE_MS,
      games: [{ usedMs: 60 * MINUTE_MS, correctedMs: 20 * MINUTE_MS }],
      limitReachedAt: '2026-10-14T03:40:00.000Z',
    });
  });

  it('give time back beyond the law only to mend an error', async () => {
    expect((await play(60)).verdict).toBe('end');
    const { ageToken } = world;
    const open = async () =>
      (await gateway.call('openSession', { token: secret(), body: { ageToken, gameId: GAME_ID } })).body;
    expect(await open()).toMatchObject({ verdict: 'denied', reason: 'daily_budget_spent' });
    await expect(correct(-10 * MINUTE_MS)).rejects.toThrow('only 0 min are taken by a guardian');
    await expect(correct(-61 * MINUTE_MS, 'error: all of it')).rejects.toThrow('1 min more than counts');
    for (const nothing of ['error:', 'Error: ', ' ERROR: -.', 'error:\u00a0\u200b'])
      await expect(correct(-10 * MINUTE_MS, nothing), nothing).rejects.toThrow('says which');
    const mended = (await correct(-10 * MINUTE_MS, 'Error: the server was down')).body;
    expect(mended.mendsError).toBe(true);
    expect(await open()).toMatchObject({
      verdict: 'play',
      remainingMs: 10 * MINUTE_MS,
      used: { gameMs: 50 * MINUTE_MS },
    });
    await undo(mended.correctionId);
    expect(await open()).toMatchObject({ verdict: 'denied', reason: 'daily_budget_spent' });
  });

  it('make up for a guardian’s limit as far as the law goes', async () => {
    await gateway.call('setGuardianRules', { ...ofPlayer(), body: { ...FREE_RULES, gameLimitMs: 30 * MINUTE_MS } });
    expect((await play(30)).verdict).toBe('end');
    const grant = (bonusMs: number) =>
      gateway.call('createGrant', {
        token: world.credentials.guardian,
        params: { playerId: world.ids.playerId },
        body: { date: DATE, bonusMs, reason: 'good marks' },
      });
    const { ageToken } = world;
    const open = async () =>
      (await gateway.call('openSession', { token: secret(), body: { ageToken, gameId: GAME_ID } })).body;
    expect((await grant(10 * MINUTE_MS)).body).toMatchObject({
      kind: 'grant',
      gameId: null,
      author: { role: 'guardian' },
    });
    expect(await open()).toMatchObject({ verdict: 'play', remainingMs: 10 * MINUTE_MS });
    await correct(-20 * MINUTE_MS);
    expect(await open()).toMatchObject({ verdict: 'play', remainingMs: 30 * MINUTE_MS });
    await expect(correct(-1 * MINUTE_MS)).rejects.toThrow('not by law');
    await expect(grant(MINUTE_MS)).rejects.toThrow('not by law');
    // With the guardian's limit gone, what was given back does not lie on top of the law's.
    await gateway.call('setGuardianRules', { ...ofPlayer(), body: FREE_RULES });
    expect(await open()).toMatchObject({ verdict: 'play', remainingMs: 30 * MINUTE_MS });
  });

  it('are taken back once, and never edited', async () => {
    const { correctionId } = (await correct(MINUTE_MS)).body;
    const taken = (await undo(correctionId)).body;
    expect(taken).toMatchObject({ deltaMs: -MINUTE_MS, undoes: correctionId });
    await expect(undo(correctionId)).rejects.toThrow('conflict');
    await expect(undo(taken.correctionId)).rejects.toThrow('conflict');
    await expect(undo(correctionId, world.credentials.guardian)).rejects.toThrow('not_found');
    const { body } = await gateway.call('listCorrections', { ...ofPlayer(), query: { date: DATE } });
    expect(body.corrections).toHaveLength(4);
    expect(body.corrections[1]).toMatchObject({ correctionId, undoneBy: taken.correctionId });
    expect((await playtime()).correctedMs).toBe(0);
  });

  it('are refused for days too far away, unknown games and players', async () => {
    await expect(correct(1, 'x', { date: '2025-09-08' })).rejects.toThrow('400 days back');
    await expect(correct(1, 'x', { date: '2026-11-15' })).rejects.toThrow('31 days ahead');
    await expect(correct(1, 'x', { gameId: 'nothing' })).rejects.toThrow('no such game');
    await gateway.call('erasePlayer', ofPlayer());
    await expect(correct(1)).rejects.toThrow('no such player');
  });

  it('leave a hash of their reason in the record, and no text once the player is erased', async () => {
    await correct(5 * MINUTE_MS, 'Minh’s brother played');
    const { db } = gateway.database;
    const leaves = await db
      .selectFrom('events')
      .select('leaf')
      .where('kind', '=', 'corrected')
      .orderBy('seq')
      .execute();
    const last = JSON.parse(leaves.at(-1)!.leaf);
    expect(last).toMatchObject({ date: DATE, game: GAME_ID, data: { deltaMs: 5 * MINUTE_MS, game: GAME_ID } });
    expect(last.data.author).toMatch(/^secret:key_/);
    expect(last.data.reasonHash).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify(leaves)).not.toContain('Minh');
    await gateway.call('erasePlayer', ofPlayer());
    const rows = await db.selectFrom('corrections').selectAll().where('player_id', '=', world.ids.playerId).execute();
    expect(rows.map(({ reason, reason_salt }) => [reason, reason_salt])).toEqual(rows.map(() => [null, null]));
    const held = await db.selectFrom('correction_persons').selectAll().where('date', '=', DATE).execute();
    expect(held.filter(({ correction_id }) => rows.some((row) => row.correction_id === correction_id))).toEqual([]);
  });
});

describe('a statement', () => {
  it('says what was played, told, ended, denied and corrected, and by which rule', async () => {
    await play(60);
    const { ageToken } = world;
    await gateway.call('openSession', { token: secret(), body: { ageToken, gameId: GAME_ID } });
    await correct(-10 * MINUTE_MS, 'error: the server was down');
    const { sessionId } = world.ids;
    const endedAt = '2026-10-14T04:00:02.000Z';
    await gateway.call('advanceSandboxClock', { token: secret(), body: { ms: 5_000 } });
    await gateway.call('closeSession', {
      token: secret(),
      params: { sessionId },
      body: { reason: 'limit', enforcement: { verdictSeq: seq, endedAt } },
    });
    const body = await statement();
    expect(body).toMatchObject({ isOver: false, unlimited: false, ageBand: '16_17', totalMs: 50 * MINUTE_MS });
    expect(body.budgets).toMatchObject([
      {
        scope: 'game',
        gameId: GAME_ID,
        usedMs: 50 * MINUTE_MS,
        correctedMs: -10 * MINUTE_MS,
        limitMs: 60 * MINUTE_MS,
        setBy: 'law',
        verified: true,
      },
      { scope: 'provider', gameId: null, usedMs: 50 * MINUTE_MS, limitMs: 180 * MINUTE_MS },
    ]);
    expect(body.budgets[0]!.cite).toContain('39.1(e)');
    expect(body.budgets[0]!.citation.vi).toContain('điểm e khoản 1 Điều 39');
    expect(body.sessions).toMatchObject([
      {
        startedAt: '2026-10-14T03:00:00.000Z',
        endedAt: '2026-10-14T04:00:00.000Z',
        endReason: 'daily_budget_spent',
        toldAtStart: { endsAt: '2026-10-14T04:00:00.000Z' },
        warnedAt: '2026-10-14T03:45:00.000Z',
        limitReachedAt: '2026-10-14T04:00:00.000Z',
        endOrderedAt: '2026-10-14T04:00:00.000Z',
        acknowledgedAt: endedAt,
        closedAt: '2026-10-14T04:00:05.000Z',
        timeToEnforceMs: 2_000,
        isOpen: false,
      },
    ]);
    expect(body.denials).toMatchObject([{ reason: 'daily_budget_spent', nextAllowedAt: '2026-10-14T17:00:00.000Z' }]);
    expect(body.corrections[0]).toMatchObject({ deltaMs: -10 * MINUTE_MS, reason: 'error: the server was down' });
    const vi = body.text.vi.join('\n');
    expect(vi).toContain('Trò chơi “Star Garden”: đã chơi 50 phút, trong ngày được chơi tối đa 1 giờ.');
    expect(vi).toContain('Nghị định 147/2024/NĐ-CP');
    expect(vi).toContain(
      'Từ 10:00 đến 11:00: chơi “Star Garden”. Kết thúc vì đã hết thời gian chơi được phép trong ngày.',
    );
    expect(vi).toContain('Được chơi lại từ 00:00 ngày 15/10/2026.');
    expect(vi).toContain('Trò chơi xác nhận đã dừng lúc 11:00, chậm 2 giây so với lúc hết giờ.');
    expect(vi).toContain(
      'Lúc 11:00, nhà cung cấp trò chơi trừ 10 phút khỏi thời gian đã chơi “Star Garden” để sửa lỗi. Lý do: “the server was down”.',
    );
    expect(body.text.en.join('\n')).toContain('Play is possible again from 00:00 on 15 October 2026.');
    expect(body.text.en).toHaveLength(body.text.vi.length);
  });

  it('says whose rule it was, and that nothing was played', async () => {
    await gateway.call('setGuardianRules', { ...ofPlayer(), body: { ...FREE_RULES, dayLimitMs: 30 * MINUTE_MS } });
    await play(30);
    const body = await statement();
    expect(body.budgets).toMatchObject([
      { setBy: 'law' },
      { setBy: 'guardian', isSpent: true, ruleId: 'guardian-provider' },
    ]);
    expect(body.text.vi.join('\n')).toContain('Mức này do cha, mẹ hoặc người giám hộ đặt.');
    const before = await gateway.call('getStatement', { ...ofPlayer(), query: { date: '2026-10-13' } });
    expect(before.body).toMatchObject({ isOver: true, totalMs: 0, sessions: [] });
    expect(before.body.text.vi.join('\n')).toContain('Ngày này không có lượt chơi nào.');
  });

  it('says that the game never confirmed an end, and does not call one open whose end nobody would know', async () => {
    await play(60);
    const [limited] = (await statement()).sessions;
    expect(limited).toMatchObject({ endOrderedAt: '2026-10-14T04:00:00.000Z', acknowledgedAt: null, closedAt: null });
    expect((await statement()).text.vi.join('\n')).toContain('Đến nay trò chơi vẫn chưa xác nhận là đã dừng.');
    const adult = { ...CHILD, playerRef: 'grown up', birthDate: '1990-01-01' };
    const { body: verified } = await gateway.call('createAgeVerification', { token: secret(), body: adult });
    const ask = { token: secret(), params: { playerId: verified.playerId }, query: { date: DATE } };
    const open = { ageToken: verified.ageToken!, gameId: GAME_ID };
    const { body: opened } = await gateway.call('openSession', { token: secret(), body: open });
    const running = (await gateway.call('getStatement', ask)).body;
    expect(running.sessions).toMatchObject([{ endedAt: null, isOpen: false }]);
    expect(running.text.vi.join('\n')).toContain('Không rõ còn chơi hay đã kết thúc');
    if (opened.verdict !== 'play') throw new Error('no session');
    const { sessionId } = opened;
    await gateway.call('closeSession', { token: secret(), params: { sessionId }, body: { reason: 'quit' } });
    const closed = (await gateway.call('getStatement', ask)).body;
    expect(closed.sessions).toMatchObject([{ endedAt: '2026-10-14T04:00:00.000Z', isOpen: false }]);
    expect(closed.text.vi.join('\n')).not.toMatch(/Không rõ|đang chơi|cha, mẹ/);
  });

  it('calls a counted session open while it goes on', async () => {
    await play(1);
    const { sessions, text } = await statement();
    expect(sessions).toMatchObject([{ endedAt: null, isOpen: true }]);
    expect(text.vi.join('\n')).toContain('Từ 10:00: đang chơi “Star Garden”.');
  });

  it('tells a pause of the guardian from a window of the law', async () => {
    await play(5);
    await gateway.call('setGuardianRules', { ...ofPlayer(), body: { ...FREE_RULES, pause: { untilAt: null } } });
    expect((await beat()).verdict).toBe('end');
    expect((await statement()).sessions).toMatchObject([{ endReason: 'guardian_pause' }]);
  });

  it('is for the provider, the guardian, and regulators whose scope has the player', async () => {
    const params = { playerId: world.ids.playerId };
    const headers = { 'Playgate-Purpose': 'complaint' };
    const query = { date: DATE, mode: 'test' };
    const regulator = async (scope: object) =>
      (await gateway.call('createRegulator', { token: ADMIN_TOKEN, body: { name: 'Sở', scope } })).body.key;
    const asked = async (token: string) =>
      gateway.call('getStatement', { token, params, query, headers }).then(
        ({ status }) => status,
        (error: { problem: { status: number } }) => error.problem.status,
      );
    expect(await asked(world.credentials.guardian)).toBe(200);
    expect(await asked(await regulator({}))).toBe(200);
    expect(await asked(await regulator({ providerIds: [world.tenant.providerId] }))).toBe(200);
    expect(await asked(await regulator({ providerIds: ['prv_other'] }))).toBe(404);
    expect(await asked(await regulator({ provinces: ['Huế'] }))).toBe(404);
    const token = await regulator({});
    await expect(gateway.call('getStatement', { token, params, query })).rejects.toThrow('invalid_request');
    await expect(gateway.call('getStatement', { token, params, headers })).rejects.toThrow('not_found');
    await gateway.call('erasePlayer', ofPlayer());
    expect(await asked(token)).toBe(404);
    expect(await asked(secret())).toBe(404);
  });
});
