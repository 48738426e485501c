// How much of everything a country needs: from players and their habits to processes, bytes, rows and money. Pure arithmetic on
// measured constants; docs/capacity.md says what it means.

/** What players do. */
export interface Demand {
  /** Minors who play on a day. */
  readonly minorsPerDay: number;
  /** Of them at the same second, in the busiest one. */
  readonly concurrentMinors: number;
  readonly heartbeatMs: number;
  readonly sessionsPerMinorDay: number;
  /** Entries of the record that one session leaves: opened, play, ended, closed, and now and then a pause or a warning. */
  readonly entriesPerSession: number;
  /** Days that the record is kept. */
  readonly retentionDays: number;
}

/** What one unit of work costs, as it was measured. */
export interface Constants {
  /** Processor time of a gateway for a heartbeat, microseconds; a process has one core. */
  readonly gatewayMicros: number;
  /** Likewise for a start. */
  readonly startMicros: number;
  /** Time of the script for a heartbeat, microseconds (S5). */
  readonly scriptMicros: number;
  readonly redisBytesPerLiveSession: number;
  readonly redisBytesPerEndedSession: number;
  readonly redisBytesPerMinorDay: number;
  /** Days of play whose sessions and day keys are kept, at the end of the last of them. */
  readonly redisDaysKept: number;
  readonly aofBytesPerHeartbeat: number;
  /** Events a second into SQL, projections included, of one writer (S8). */
  readonly eventsPerWriter: number;
  /** Bytes in PostgreSQL of one event with its indexes, its share of session and day rows and of the tree. */
  readonly sqlBytesPerEvent: number;
}

/** How full things may run. */
export interface Headroom {
  /** Of a Redis core: above it the tail of latencies grows. */
  readonly redisBusy: number;
  readonly gatewayBusy: number;
  /** Of the writers of SQL: what is left catches up after an outage. */
  readonly writerBusy: number;
  /** Of the memory of a Redis node: the rest is for forks, replication buffers and fragmentation. */
  readonly redisMemory: number;
  /** Copies of every Redis primary. */
  readonly replicas: number;
  /** Copies of the SQL data. */
  readonly sqlCopies: number;
}

/** Money per month of thirty days, in one currency. */
export interface Prices {
  readonly core: number;
  readonly gibOfMemory: number;
  readonly gibOfDisk: number;
}

export interface Plan {
  readonly heartbeatsPerSecond: number;
  readonly gateways: number;
  /** Primaries; each with its replicas. */
  readonly redisShards: number;
  readonly redisMemoryGib: number;
  readonly aofMibPerSecond: number;
  readonly eventsPerDay: number;
  readonly eventsPerSecondAtPeak: number;
  readonly sqlWriters: number;
  readonly sqlGibPerDay: number;
  readonly sqlGibKept: number;
  readonly costPerMonth: number;
  /** Per million minors who play on a day. */
  readonly costPerMillion: number;
}

const MS_PER_S = 1_000;
const MICROS_PER_S = 1_000_000;
const MIB = 2 ** 20;
const GIB = 2 ** 30;
/** Cores of PostgreSQL beside each writer: the server's own work, readers, vacuum. */
const CORES_PER_WRITER = 2;
/** Sessions that begin and end in the busiest hour, as a share of the day's. */
const PEAK_HOUR_SHARE = 0.15;
const SECONDS_PER_HOUR = 3_600;

export function planCapacity(demand: Demand, constants: Constants, headroom: Headroom, prices: Prices): Plan {
  const heartbeatsPerSecond = (demand.concurrentMinors * MS_PER_S) / demand.heartbeatMs;
  const startsPerSecond = (demand.minorsPerDay * demand.sessionsPerMinorDay * PEAK_HOUR_SHARE) / SECONDS_PER_HOUR;
  // An end costs what a heartbeat does.
  const gatewayMicros =
    (heartbeatsPerSecond + startsPerSecond) * constants.gatewayMicros + startsPerSecond * constants.startMicros;
  const gatewayCores = gatewayMicros / MICROS_PER_S / headroom.gatewayBusy;
  const gateways = atLeastTwo(gatewayCores);
  const redisCores = (heartbeatsPerSecond * constants.scriptMicros) / MICROS_PER_S / headroom.redisBusy;
  const redisShards = Math.max(1, Math.ceil(redisCores));
  const redisMemoryGib = (redisBytesOf(demand, constants) / headroom.redisMemory / GIB) * (1 + headroom.replicas);
  const eventsPerDay = demand.minorsPerDay * demand.sessionsPerMinorDay * demand.entriesPerSession;
  const eventsPerSecondAtPeak = (eventsPerDay * PEAK_HOUR_SHARE) / SECONDS_PER_HOUR;
  const sqlWriters = Math.max(1, Math.ceil(eventsPerSecondAtPeak / (constants.eventsPerWriter * headroom.writerBusy)));
  const sqlGibPerDay = (eventsPerDay * constants.sqlBytesPerEvent) / GIB;
  const sqlGibKept = sqlGibPerDay * demand.retentionDays;
  const cores = gateways + redisShards * (1 + headroom.replicas) + sqlWriters * CORES_PER_WRITER * headroom.sqlCopies;
  const costPerMonth =
    cores * prices.core + redisMemoryGib * prices.gibOfMemory + sqlGibKept * headroom.sqlCopies * prices.gibOfDisk;
  return {
    heartbeatsPerSecond,
    gateways,
    redisShards,
    redisMemoryGib,
    aofMibPerSecond: (heartbeatsPerSecond * constants.aofBytesPerHeartbeat) / MIB,
    eventsPerDay,
    eventsPerSecondAtPeak,
    sqlWriters,
    sqlGibPerDay,
    sqlGibKept,
    costPerMonth,
    costPerMillion: (costPerMonth * 1_000_000) / demand.minorsPerDay,
  };
}

/** In the busiest second, which is in the evening. What has ended stays until its keys expire. */
function redisBytesOf(demand: Demand, constants: Constants): number {
  const { redisBytesPerEndedSession, redisBytesPerLiveSession, redisBytesPerMinorDay, redisDaysKept } = constants;
  const bytesOfMinorDay = redisBytesPerMinorDay + demand.sessionsPerMinorDay * redisBytesPerEndedSession;
  return demand.concurrentMinors * redisBytesPerLiveSession + demand.minorsPerDay * redisDaysKept * bytesOfMinorDay;
}

/** One may always be down. */
const atLeastTwo = (gateways: number): number => Math.max(2, Math.ceil(gateways));
