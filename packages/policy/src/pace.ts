// How much longer than the policy has it a session may take from one heartbeat to the next. A loaded gateway asks for fewer beats; the
// lease grows with the interval, so that a beat which comes when it was asked for is never late.

export const PACES = [1, 2, 4] as const;
/** How many times the interval and the lease of the plan hold. */
export type Pace = (typeof PACES)[number];
export const PACE_MAX: Pace = 4;

export interface HeartbeatTimes {
  readonly intervalMs: number;
  readonly leaseMs: number;
}

export const intervalAt = ({ intervalMs }: Pick<HeartbeatTimes, 'intervalMs'>, pace: Pace): number => intervalMs * pace;
export const leaseAt = ({ leaseMs }: Pick<HeartbeatTimes, 'leaseMs'>, pace: Pace): number => leaseMs * pace;
