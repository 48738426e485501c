import type { Stage } from '../stage.ts';

const TEENAGER = 17;
const ADULT = 30;
const LEAD_MS = 15_000;
const AFTER_MS = 5_000;
/** Nothing is asked of an adult's session, so that its clock may be a little off. */
const LONG_STEP_MS = 15_000;

export async function warningShown(stage: Stage): Promise<void> {
  const { allowance, limitMs } = stage.facts;
  const stepMs = Math.min(...allowance.warningsMs);
  const play = await stage.start(await stage.createPlayer(TEENAGER, limitMs - stepMs - LEAD_MS));
  await stage.expectPlaying(play, `${LEAD_MS / 1_000} s before the warning`);
  const before = (await play.state()).shown.filter(({ kind }) => kind === 'warning').length;
  await stage.pass(LEAD_MS + AFTER_MS);
  const after = (await play.state()).shown.filter(({ kind }) => kind === 'warning').length;
  stage.expect(after > before, `a warning is shown ${stepMs / 1_000} s before the end`);
  await stage.expectPlaying(play, 'after the warning');
}

export async function noticeShown(stage: Stage): Promise<void> {
  const everyMs = noticeOf(stage).everyMs;
  const play = await stage.start(await stage.createPlayer(TEENAGER, everyMs - LEAD_MS));
  await stage.pass(LEAD_MS + AFTER_MS);
  await expectNotice(stage, play);
}

export async function adultNotice(stage: Stage): Promise<void> {
  const play = await stage.start(await stage.createPlayer(ADULT));
  await stage.pass(noticeOf(stage).everyMs + AFTER_MS, LONG_STEP_MS);
  await stage.expectPlaying(play, 'after half an hour');
  await expectNotice(stage, play);
}

function noticeOf({ facts }: Stage) {
  const [notice] = facts.allowance.notices;
  if (notice === undefined) throw new Error('the policy of the gateway has no notice');
  return notice;
}

async function expectNotice(stage: Stage, play: Parameters<Stage['expectShown']>[0]): Promise<void> {
  const { text } = noticeOf(stage);
  const shown = await stage.expectShown(play, 'notice', 'the notice is shown');
  stage.expect(shown.text.includes(text.vi), 'it is the policy’s exact Vietnamese sentence', shown.text);
}
