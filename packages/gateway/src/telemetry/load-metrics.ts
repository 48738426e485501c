import type { Meter } from '@opentelemetry/api';
import type { LoadLevel } from '../load/load-level.ts';

export function measureLoad(meter: Meter, load: { readonly level: LoadLevel }): void {
  meter
    .createObservableGauge('playgate.load.level', {
      description: 'How much more work there is than can be done: 0 none, 3 the most.',
    })
    .addCallback((result) => result.observe(load.level));
}
