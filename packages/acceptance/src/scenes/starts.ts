import { CaseFailure, type Stage } from '../stage.ts';

const TEENAGER = 17;
const CHILD = 13;
const MINUTE_MS = 60_000;

export async function startAllowed(stage: Stage): Promise<void> {
  const play = await stage.start(await stage.createPlayer(TEENAGER));
  const { shown } = await stage.expectPlaying(play, 'after the start');
  stage.expect(!shown.some(({ kind }) => kind === 'denial'), 'no refusal is shown');
}

export async function ratingShown(stage: Stage): Promise<void> {
  const play = await stage.start(await stage.createPlayer(TEENAGER));
  const { rating } = stage.facts.allowance;
  const first = (await play.state()).rating;
  stage.expect(first === rating, `the rating ${rating} is on the screen at the start`, first);
  await stage.pass(MINUTE_MS);
  const later = (await play.state()).rating;
  stage.expect(later === rating, `the rating ${rating} is on the screen a minute later`, later);
}

/** Plays nothing, shows why, and tells the gateway's reason. */
async function expectDenied(stage: Stage, how: Parameters<Stage['start']>, reason: string): Promise<void> {
  const play = await stage.start(...how);
  stage.expect(!(await play.state()).playing, 'the game does not start');
  const denial = await stage.expectShown(play, 'denial', 'the refusal is shown');
  stage.expect(denial.reason === reason, `its reason is ${reason}`, denial.reason);
}

export async function denialShown(stage: Stage): Promise<void> {
  const player = await stage.createPlayer(TEENAGER, stage.facts.limitMs);
  await expectDenied(stage, [player], 'daily_budget_spent');
}

export async function unverifiedDenied(stage: Stage): Promise<void> {
  await expectDenied(stage, [{ ageToken: null }], 'unverified');
}

export async function ratingDenied(stage: Stage): Promise<void> {
  const gameId = await stage.api.createGame('16+');
  await expectDenied(stage, [await stage.createPlayer(CHILD), { gameId }], 'age_rating');
}

export async function agentClosed(stage: Stage): Promise<void> {
  await stage.setTime('21:59');
  const player = await stage.createPlayer(TEENAGER);
  const play = await stage.start(player, { atStation: true });
  await stage.expectPlaying(play, 'a minute before closing time');
  const afterMs = await stage.passUntilStopped(play, 2 * MINUTE_MS);
  if (afterMs < MINUTE_MS / 2) throw new CaseFailure(`play stopped after ${afterMs} ms, long before closing time`);
  const end = await stage.expectShown(play, 'end', 'the end is shown');
  stage.expect(end.reason === 'agent_closed', 'its reason is agent_closed', end.reason);
  await expectDenied(stage, [player, { atStation: true }], 'agent_closed');
}
