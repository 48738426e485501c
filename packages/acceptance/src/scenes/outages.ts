import { CaseFailure, END_GRACE_MS, type Stage } from '../stage.ts';

const TEENAGER = 17;
const MINUTE_MS = 60_000;
const SHORT_MS = 20_000;
const COUNTING_TOLERANCE_MS = 5_000;

export async function offlineShort(stage: Stage): Promise<void> {
  const player = await stage.createPlayer(TEENAGER);
  const play = await stage.start(player);
  await stage.pass(MINUTE_MS);
  stage.link.cut();
  await stage.pass(SHORT_MS);
  await stage.expectPlaying(play, `after ${SHORT_MS / 1_000} s without the gateway`);
  stage.link.restore();
  await stage.pass(MINUTE_MS);
  await stage.expectPlaying(play, 'after the gateway came back');
  await play.end();
  await stage.pass(1_000);
  const usedMs = await stage.api.usedMs(player.playerId, stage.gameId, stage.facts.date);
  const playedMs = 2 * MINUTE_MS + SHORT_MS;
  stage.expect(Math.abs(usedMs - playedMs) <= COUNTING_TOLERANCE_MS, 'all of it was counted', { usedMs, playedMs });
}

export async function offlineLease(stage: Stage): Promise<void> {
  const play = await stage.start(await stage.createPlayer(TEENAGER));
  await stage.pass(MINUTE_MS);
  await stage.expectPlaying(play, 'before the outage');
  stage.link.cut();
  const { allowance, leaseMs } = stage.facts;
  // The lease runs from the last heartbeat before the outage, which is at most an interval ago.
  const earliestMs = leaseMs - (allowance.nextHeartbeatMs ?? 0) - END_GRACE_MS;
  const stoppedMs = await stage.passUntilStopped(play, leaseMs + MINUTE_MS);
  stage.expect(stoppedMs <= leaseMs + END_GRACE_MS, 'play stopped when the lease was over', { stoppedMs, leaseMs });
  if (stoppedMs < earliestMs)
    throw new CaseFailure(`play stopped ${stoppedMs} ms into the outage, before ${earliestMs} ms`);
  await stage.expectShown(play, 'end', 'the end is shown');
}
