import type { Meter } from '@opentelemetry/api';
import type { Clock } from '../clock.ts';

const MS_PER_S = 1_000;

export function measureClock(meter: Meter, clocks: { readonly timeOfDay: Clock; readonly steady: Clock }): void {
  meter
    .createObservableGauge('playgate.clock.ahead.seconds', {
      description: 'How far the time that play is counted by is ahead of the time of day, after that was set back.',
      unit: 's',
    })
    .addCallback((result) => result.observe((clocks.steady.now() - clocks.timeOfDay.now()) / MS_PER_S));
}
