import type { Constants } from './model.ts';

/** Measured with `npm run bench` (docs/performance.md says on what machine), `sqlBytesPerEvent` with `npm run bench -- --only S8`. */
export const CONSTANTS: Constants = {
  heartbeatsPerGateway: 6_000,
  scriptMicros: 20.6,
  redisBytesPerSession: 472,
  redisBytesPerMinorDay: 300,
  aofBytesPerHeartbeat: 200,
  eventsPerWriter: 5_000,
  sqlBytesPerEvent: 1_200,
};
