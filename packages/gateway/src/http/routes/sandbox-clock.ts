import { limits } from '@playgate/contract';
import { formatInstant, type Instant } from '@playgate/policy';
import type { SandboxClocks } from '../../directory/directory.ts';
import type { World } from '../../directory/world.ts';
import type { WorldClock } from '../../directory/world-clock.ts';
import { Fault } from '../../fault.ts';
import type { HandlersOf } from '../handler.ts';

export interface SandboxClockPorts {
  readonly clocks: SandboxClocks;
  readonly worldClock: WorldClock;
}

type SandboxClockOperation = 'advanceSandboxClock' | 'freezeSandboxClock' | 'getSandboxClock' | 'releaseSandboxClock';

const LATEST_AT = Date.parse(limits.SANDBOX_CLOCK_TO);

export function sandboxClockRoutes({ clocks, worldClock }: SandboxClockPorts): HandlersOf<SandboxClockOperation> {
  const tell = (world: World) => ({
    status: 200 as const,
    body: {
      frozen: clocks.frozenAt(world.providerId) !== null,
      now: formatInstant(worldClock.nowOf(world)),
    },
  });
  const freeze = async (world: World, at: Instant) => {
    await clocks.freeze(world.providerId, at);
    return tell(world);
  };
  return {
    getSandboxClock: async (_input, { principal }) => tell(testWorldOf(principal)),
    freezeSandboxClock: ({ body }, { principal }) => freeze(testWorldOf(principal), Date.parse(body.now)),
    advanceSandboxClock: async ({ body }, { principal, now }) => {
      const world = testWorldOf(principal);
      const to = now + body.ms;
      if (to > LATEST_AT) throw new Fault('unprocessable', `The clock goes up to ${limits.SANDBOX_CLOCK_TO}.`);
      await clocks.advance(world.providerId, body.ms, now);
      return tell(world);
    },
    releaseSandboxClock: async (_input, { principal }) => {
      const world = testWorldOf(principal);
      await clocks.release(world.providerId);
      return tell(world);
    },
  };
}

function testWorldOf({ world }: { readonly world: World }): World {
  if (world.mode !== 'test')
    throw new Fault('forbidden', 'Only the clock of a test world can be moved: use a test key.');
  return world;
}
