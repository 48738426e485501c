// How fast limits are told and obeyed, how much is played past them, and how many ends nobody confirmed.
import type { Meter } from '@opentelemetry/api';
import { HOUR_MS, type Instant, MINUTE_MS } from '@playgate/policy';
import type { EnforcementWatch } from '../compliance/enforcement.ts';

const MS_PER_S = 1000;
/** From a beat that comes at once to a game that goes on until it is closed. */
const ENFORCEMENT_BUCKETS = [0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 1_800];
/** What happened longer ago is history that is read again, and says nothing of how the system does now. */
export const ENFORCEMENT_FRESH_MS = HOUR_MS;
/** So long a client may take to confirm an end: the time to save, its retries, and the way to the record. */
export const CONFIRM_WITHIN_MS = 2 * MINUTE_MS;

export interface EnforcementPorts {
  readonly clock: { now(): Instant };
}

export function measureEnforcement(meter: Meter, { clock }: EnforcementPorts): EnforcementWatch {
  const spans = meter.createHistogram('playgate.enforcement.duration.seconds', {
    description: 'From a limit to the order to end, and from there to the confirmed end, as the record learns of it.',
    unit: 's',
    advice: { explicitBucketBoundaries: ENFORCEMENT_BUCKETS },
  });
  const overrun = meter.createCounter('playgate.overrun.seconds', {
    description: 'Play after the end, as the record learns of it.',
  });
  overrun.add(0);
  const isFresh = (at: Instant) => clock.now() - at <= ENFORCEMENT_FRESH_MS;
  return {
    spanned: (span, ms, at) => {
      if (isFresh(at)) spans.record(ms / MS_PER_S, { span });
    },
    overran: (ms, at) => {
      if (isFresh(at)) overrun.add(ms / MS_PER_S);
    },
  };
}

export interface UnconfirmedEndsPorts extends EnforcementPorts {
  /** Ends of live worlds that were ordered in the time and that no client confirmed. */
  readonly countUnconfirmed: (from: Instant, to: Instant) => Promise<number>;
}

/** Counted when somebody asks for the metrics; not there while the database does not answer. */
export function measureUnconfirmedEnds(meter: Meter, { clock, countUnconfirmed }: UnconfirmedEndsPorts): void {
  meter
    .createObservableGauge('playgate.ends.unconfirmed', {
      description: 'Ends ordered within the last hour, and more than two minutes ago, that no client confirmed.',
    })
    .addCallback(async (result) => {
      const now = clock.now();
      const count = await countUnconfirmed(now - ENFORCEMENT_FRESH_MS, now - CONFIRM_WITHIN_MS).catch(() => null);
      if (count !== null) result.observe(count);
    });
}
