import type { Instant } from '@playgate/policy';
import type { Clock } from '../clock.ts';
import type { SandboxClocks } from './directory.ts';
import type { World } from './world.ts';

/** The time of a world: real and never going back, but for test worlds whose provider froze them. */
export class WorldClock {
  private readonly clock: Clock;
  private readonly sandboxes: SandboxClocks;

  constructor(clock: Clock, sandboxes: SandboxClocks) {
    this.clock = clock;
    this.sandboxes = sandboxes;
  }

  nowOf(world: World): Instant {
    const frozenAt = world.mode === 'test' ? this.sandboxes.frozenAt(world.providerId) : null;
    return frozenAt ?? this.clock.now();
  }
}
