// The network between gateway and Redis breaks many times a second.
import { atLeast, atMost } from '../finding.ts';
import { type Play, playThrough, type Scenario, type Suffered, untilTaken, wait } from '../scenario.ts';
import type { Suite } from '../stage.ts';

const RECOVERY_MS_MAX = 5_000;
const HEARD_MS_MAX = 15_000;
const FAULTS_FULL = 10_000;
const FAULTS_QUICK = 150;
const FAULTS_MIN = 100;
const QUICK_MS_MAX = 20_000;
const FULL_MS_MAX = 780_000;
/** Then it has to be heard again: less than the lease. */
const BURST_MS = 5_000;
const FAULT_MS = 15;
/** A connection is made anew after 50 ms, and then something has to be on its way. */
const BETWEEN_FAULTS_MS = 55;
const KINDS = ['lose_reply', 'reset', 'black_hole'] as const;
const UNSENT_UNCHECKED =
  'no answer says that a write was not sent, so that none is applied after such a refusal shows only in the count';

export const network: Scenario = {
  name: 'network',
  targets: [3, 4],
  what: 'replies lost, connections reset, black holes between gateway and Redis, in turn and many times a second',
  isShort: true,
  run: (suite) =>
    playThrough(
      suite,
      {
        players: 100,
        beatEveryMs: 100,
        bounds: { recoveryMsMax: atMost(RECOVERY_MS_MAX), faults: atLeast(FAULTS_MIN) },
      },
      (play) => sufferNetwork(suite, play),
    ),
};

async function sufferNetwork({ isFull }: Suite, { players, stage: { proxy } }: Play): Promise<Suffered> {
  const wanted = isFull ? FAULTS_FULL : FAULTS_QUICK;
  const endsAt = performance.now() + (isFull ? FULL_MS_MAX : QUICK_MS_MAX);
  let [recoveryMsMax, turn] = [0, 0];
  await wait(500);
  while (proxy.faults < wanted && performance.now() < endsAt) {
    const burstEndsAt = performance.now() + BURST_MS;
    while (performance.now() < burstEndsAt) {
      proxy.mode = KINDS[turn++ % KINDS.length]!;
      await wait(FAULT_MS);
      // What a black hole has swallowed must not be missing from the middle of a stream.
      if (proxy.mode === 'black_hole') proxy.cut();
      proxy.mode = 'pass';
      await wait(BETWEEN_FAULTS_MS);
    }
    recoveryMsMax = Math.max(recoveryMsMax, await untilTaken(players, 2, HEARD_MS_MAX));
  }
  const beatsHit = players.reduce((total, { refused }) => total + refused, 0);
  const fewer = `${proxy.faults} faults in place of ${FAULTS_FULL}${isFull ? '' : '; --full: all of them'}`;
  const reduced = proxy.faults < FAULTS_FULL ? `${fewer}; ${UNSENT_UNCHECKED}` : UNSENT_UNCHECKED;
  return { measured: { recoveryMsMax, faults: proxy.faults, beatsHit }, reduced };
}
