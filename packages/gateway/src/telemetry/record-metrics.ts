// How far the record is behind the live ledger. Read when somebody asks for the metrics, from what the pump and the followers
// remember of their last look: nothing is asked of a store for it.
import type { Meter } from '@opentelemetry/api';

const MS_PER_S = 1000;

export interface RecordLag {
  readonly pump: { readonly lag: { readonly waiting: number; readonly oldestAt: number | null } };
  readonly followers: { readonly lags: ReadonlyMap<string, number> };
  readonly clock: { now(): number };
}

export function measureRecord(meter: Meter, { clock, followers, pump }: RecordLag): void {
  meter
    .createObservableGauge('playgate.events.waiting', {
      description: 'Entries of the ledger not yet in the event log.',
    })
    .addCallback((result) => result.observe(pump.lag.waiting));
  meter
    .createObservableGauge('playgate.events.oldest.age.seconds', {
      description: 'Age of the oldest entry of the ledger that is not yet in the event log.',
      unit: 's',
    })
    .addCallback((result) => {
      const { oldestAt } = pump.lag;
      result.observe(oldestAt === null ? 0 : Math.max(0, clock.now() - oldestAt) / MS_PER_S);
    });
  meter
    .createObservableGauge('playgate.follower.lag.events', {
      description: 'Events of the log that a follower has not taken in.',
    })
    .addCallback((result) => {
      for (const [follower, lag] of followers.lags) result.observe(lag, { follower });
    });
}
