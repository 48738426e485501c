import type { Meter } from '@opentelemetry/api';
import type { Pace } from '@playgate/policy';
import type { LoadLevel } from '../load/load-level.ts';

export interface LoadWatch {
  readonly readLevel: () => LoadLevel;
  readonly paceNow: () => Pace;
}

export function measureLoad(meter: Meter, { paceNow, readLevel }: LoadWatch): void {
  meter
    .createObservableGauge('playgate.load.level', {
      description: 'How much more work there is than can be done: 0 none, 3 the most.',
    })
    .addCallback((result) => result.observe(readLevel()));
  meter
    .createObservableGauge('playgate.heartbeat.pace', {
      description: 'How many times the interval and lease of their policy sessions are told: 1 at rest, then 2 or 4.',
    })
    .addCallback((result) => result.observe(paceNow()));
}
