import { CaseFailure, END_GRACE_MS, type Stage } from '../stage.ts';

const TEENAGER = 17;
const MINUTE_MS = 60_000;
const LEFT_MS = 75_000;

/** Play that stopped after `stoppedMs` and was to stop after `dueMs`. */
function expectOnTime(stage: Stage, stoppedMs: number, dueMs: number): void {
  stage.expect(stoppedMs <= dueMs + END_GRACE_MS, 'play stopped in time', { stoppedMs, dueMs });
  if (stoppedMs < dueMs - END_GRACE_MS) throw new CaseFailure(`play stopped ${dueMs - stoppedMs} ms too early`);
}

export async function limitEnd(stage: Stage): Promise<void> {
  const { date, limitMs } = stage.facts;
  const player = await stage.createPlayer(TEENAGER, limitMs - LEFT_MS);
  const play = await stage.start(player);
  expectOnTime(stage, await stage.passUntilStopped(play, LEFT_MS + MINUTE_MS), LEFT_MS);
  await stage.expectShown(play, 'save', 'the player was told to save');
  const end = await stage.expectShown(play, 'end', 'the end is shown');
  stage.expect(end.reason === 'daily_budget_spent', 'its reason is daily_budget_spent', end.reason);
  const usedMs = await stage.api.usedMs(player.playerId, stage.gameId, date);
  stage.expect(usedMs <= limitMs + END_GRACE_MS, 'the gateway counted no more than the limit', usedMs);
}

export async function midnight(stage: Stage): Promise<void> {
  await stage.setTime('23:59');
  const play = await stage.start(await stage.createPlayer(TEENAGER, stage.facts.limitMs - LEFT_MS));
  await stage.expectPlaying(play, 'a minute before midnight');
  await stage.pass(2 * LEFT_MS);
  await stage.expectPlaying(play, 'after midnight, when the time of the old day would be over');
}

export async function twoDevices(stage: Stage): Promise<void> {
  const { date, limitMs } = stage.facts;
  const player = await stage.createPlayer(TEENAGER, limitMs - LEFT_MS);
  const first = await stage.start(player, { device: 'first' });
  const second = await stage.start(player, { device: 'second' });
  await stage.expectPlaying(first, 'on the first device');
  await stage.expectPlaying(second, 'on the second device');
  expectOnTime(stage, await stage.passUntilStopped(first, LEFT_MS + MINUTE_MS), LEFT_MS);
  await stage.passUntilStopped(second, END_GRACE_MS);
  stage.expect(!(await second.state()).playing, 'play stopped on the second device too');
  const usedMs = await stage.api.usedMs(player.playerId, stage.gameId, date);
  stage.expect(usedMs <= limitMs + END_GRACE_MS, 'what was played at once counted once', usedMs);
}

export async function quitCloses(stage: Stage): Promise<void> {
  const { date } = stage.facts;
  const player = await stage.createPlayer(TEENAGER);
  const play = await stage.start(player);
  await stage.pass(MINUTE_MS);
  const closes = stage.link.closes.length;
  await play.end();
  await stage.pass(1_000);
  stage.expect(stage.link.closes.length > closes, 'the session was closed at the gateway', stage.link.closes.at(-1));
  const usedMs = await stage.api.usedMs(player.playerId, stage.gameId, date);
  await stage.pass(MINUTE_MS);
  const laterMs = await stage.api.usedMs(player.playerId, stage.gameId, date);
  stage.expect(usedMs === laterMs && usedMs > 0, 'nothing counted after it', { usedMs, laterMs });
}
