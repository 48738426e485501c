import type { Constants } from './model.ts';

/** Measured with `npm run bench` (docs/performance.md says on what machine); the bytes of SQL are an estimate. */
export const CONSTANTS: Constants = {
  heartbeatsPerGateway: 8_350,
  scriptMicros: 43,
  redisBytesPerSession: 408,
  redisBytesPerMinorDay: 200,
  aofBytesPerHeartbeat: 262,
  eventsPerWriter: 5_000,
  sqlBytesPerEvent: 1_200,
};
