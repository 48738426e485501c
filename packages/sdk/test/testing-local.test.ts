import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { templatePath } from '../../gateway/test/support/databases.ts';
import { createPlayGuard } from '../src/index.ts';
import { collectEvents, type LocalGateway, startLocalGateway } from '../src/testing.ts';

const MINUTE = 60_000;
const TEENAGER = '2009-05-01';

describe('a local gateway', () => {
  let gateway: LocalGateway;
  beforeAll(async () => {
    gateway = await startLocalGateway({ databaseTemplate: await templatePath() });
  });
  afterAll(() => gateway.stop());

  async function start(bornOn: string) {
    const game = await gateway.createGame();
    const player = await gateway.verifyPlayer(bornOn);
    const device = gateway.createDevice();
    const guard = createPlayGuard(gateway.guardOptions(game, device));
    const result = await gateway.time.until(guard.startSession({ ageToken: player.ageToken }));
    if (result.verdict === 'denied') throw new Error(result.reason);
    return { game, player, device, session: result.session, events: collectEvents(result.session) };
  }

  test('counts an hour and ends it', async () => {
    const { player, events } = await start(TEENAGER);
    await gateway.time.advance(61 * MINUTE);
    expect(events.at(-1)).toMatchObject({ type: 'ended', reason: 'daily_budget_spent' });
    expect(await gateway.playedMs(player)).toBe(60 * MINUTE);
  });

  test('lets the network be cut and play on under the lease', async () => {
    const { device, events } = await start(TEENAGER);
    await gateway.time.advance(5 * MINUTE);
    device.network.cut();
    await gateway.time.advance(MINUTE / 3);
    device.network.restore();
    await gateway.time.advance(MINUTE);
    expect(events.map(({ type }) => type)).toEqual(['offline', 'online']);
  });

  test('goes over midnight, where the day starts anew', async () => {
    await gateway.time.advanceTo('2026-11-21T23:50:00+07:00');
    const { events, session } = await start(TEENAGER);
    await gateway.time.advance(9 * MINUTE);
    expect(session.getRemaining().used.gameMs).toBe(9 * MINUTE);
    await gateway.passMidnight();
    await gateway.time.advance(2 * MINUTE);
    expect(events.map(({ type }) => type)).toContain('dayReset');
    expect(session.getRemaining().used.gameMs).toBe(2 * MINUTE);
    await session.end();
  });

  test('goes on to an eighteenth birthday, where the limits end', async () => {
    const bornOn = '2008-11-25';
    const player = await gateway.verifyPlayer(bornOn, 'nearly-grown');
    expect(player.outcome).toBe('verified');
    await gateway.passBirthday(bornOn, 18);
    const { session } = await start(bornOn);
    expect(session.getRemaining().unlimited).toBe(true);
  });
});
