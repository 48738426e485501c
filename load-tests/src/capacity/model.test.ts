import { describe, expect, it } from 'vitest';
import { type Constants, type Demand, type Headroom, planCapacity } from './model.ts';

const DEMAND: Demand = {
  minorsPerDay: 3_000_000,
  concurrentMinors: 1_000_000,
  heartbeatMs: 20_000,
  sessionsPerMinorDay: 2,
  entriesPerSession: 4,
  retentionDays: 100,
};
const CONSTANTS: Constants = {
  gatewayMicros: 100,
  startMicros: 3_900,
  scriptMicros: 20,
  redisBytesPerLiveSession: 500,
  redisBytesPerEndedSession: 200,
  redisBytesPerMinorDay: 300,
  redisDaysKept: 2,
  aofBytesPerHeartbeat: 2 ** 20 / 50_000,
  eventsPerWriter: 1_000,
  sqlBytesPerEvent: 2 ** 30 / 24_000_000,
};
const FULL: Headroom = { redisBusy: 1, gatewayBusy: 1, writerBusy: 1, redisMemory: 1, replicas: 0, sqlCopies: 1 };
const FREE = { core: 0, gibOfMemory: 0, gibOfDisk: 0 };
const plan = (changes: Partial<Demand> = {}, headroom: Partial<Headroom> = {}, prices = FREE) =>
  planCapacity({ ...DEMAND, ...changes }, CONSTANTS, { ...FULL, ...headroom }, prices);

describe('planCapacity', () => {
  it('adds up what a million concurrent minors need', () => {
    expect(plan()).toMatchObject({
      heartbeatsPerSecond: 50_000,
      // Five for heartbeats, one for 250 starts and ends a second.
      gateways: 6,
      redisShards: 1,
      aofMibPerSecond: 1,
      eventsPerDay: 24_000_000,
      eventsPerSecondAtPeak: 1_000,
      sqlWriters: 1,
      sqlGibPerDay: 1,
      sqlGibKept: 100,
    });
    expect(plan().redisMemoryGib).toBeCloseTo((500 * 1e6 + 2 * 3e6 * (300 + 2 * 200)) / 2 ** 30, 9);
  });

  it('needs more where less of each thing may be used, and pays for copies', () => {
    const careful = plan({}, { redisBusy: 0.4, gatewayBusy: 0.5, writerBusy: 0.5, replicas: 1, redisMemory: 0.5 });
    expect(careful).toMatchObject({ gateways: 12, redisShards: 3, sqlWriters: 2 });
    expect(careful.redisMemoryGib).toBeCloseTo(4 * plan().redisMemoryGib, 9);
    const prices = { core: 10, gibOfMemory: 0, gibOfDisk: 1 };
    expect(plan({}, {}, prices).costPerMonth).toBe((6 + 1 + 2) * 10 + 100);
    expect(plan({}, { sqlCopies: 2 }, prices).costPerMonth).toBe((6 + 1 + 4) * 10 + 200);
    expect(plan({}, {}, prices).costPerMillion).toBeCloseTo(190 / 3, 9);
  });

  it('has two gateways for anybody, so that one may be down', () => {
    expect(plan({ concurrentMinors: 1, minorsPerDay: 3 })).toMatchObject({
      gateways: 2,
      redisShards: 1,
      sqlWriters: 1,
    });
  });
});
