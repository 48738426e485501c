// Children who play on two devices at once, each with pauses of its own: a minute is one minute.
import { atLeast } from '../finding.ts';
import { playThrough, type Scenario, untilTaken, wait } from '../scenario.ts';

const HEARD_MS_MAX = 15_000;
const FAULT_MS = 700;
const BETWEEN_MS = 2_000;

export const twoDevices: Scenario = {
  name: 'two-devices',
  targets: [2, 3],
  what: 'each child on two devices at once, while replies are lost and connections reset: what overlaps counts once',
  run: (suite) =>
    playThrough(
      suite,
      { players: 60, devices: 2, beatEveryMs: 250, bounds: { limitsReached: atLeast(1) } },
      async ({ players, stage: { proxy } }) => {
        await wait(BETWEEN_MS);
        for (const mode of ['lose_reply', 'reset'] as const) {
          proxy.mode = mode;
          await wait(FAULT_MS);
          proxy.cut();
          proxy.mode = 'pass';
          await untilTaken(players, 2, HEARD_MS_MAX);
          await wait(BETWEEN_MS);
        }
        return { measured: {} };
      },
    ),
};
