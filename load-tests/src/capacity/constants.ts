// What was measured, each number once. docs/capacity.md shows this table and what follows from it; a test holds it equal, and
// `capacity/main.ts --write` brings it up to date.
import { KEEP_AFTER_DAY_MS } from '../../../packages/gateway/src/sessions/session-store.ts';
import type { Constants } from './model.ts';

const DAY_MS = 86_400_000;

export interface Measured {
  readonly value: number;
  readonly unit: string;
  readonly what: string;
  readonly how: string;
}

export const MEASURED: Readonly<Record<keyof Constants, Measured>> = {
  gatewayMicros: {
    value: 69,
    unit: 'µs',
    what: 'Processor time of a gateway for a heartbeat',
    how: '`npm run bench -- --only S1`: `serverCpuUsPerBeat`',
  },
  startMicros: {
    value: 3_100,
    unit: 'µs',
    what: 'Processor time of a gateway for a start, its entries on their way to SQL included',
    how: '`npm run bench -- --only S6`: `gatewayUsPerStart`',
  },
  scriptMicros: {
    value: 26,
    unit: 'µs',
    what: 'Time of the script for a heartbeat',
    how: '`npm run bench -- --only S5`; taken by the wall clock beside other programs, so too high',
  },
  aofBytesPerHeartbeat: {
    value: 196,
    unit: 'B',
    what: 'Append-only file for a heartbeat',
    how: '`npm run bench -- --only S5`',
  },
  redisBytesPerLiveSession: {
    value: 753,
    unit: 'B',
    what: 'Redis memory of a session that is played: its key, its lease, and among those open of the person',
    how: '`capacity:measure`: growth of `used_memory` by 24,000 of them',
  },
  redisBytesPerEndedSession: {
    value: 450,
    unit: 'B',
    what: 'Redis memory of a session that has ended',
    how: '`capacity:measure`, likewise',
  },
  redisBytesPerMinorDay: {
    value: 208,
    unit: 'B',
    what: 'Redis memory of a minor’s day of three stretches of play in one game',
    how: '`capacity:measure`, likewise',
  },
  redisDaysKept: {
    value: 1 + KEEP_AFTER_DAY_MS / DAY_MS,
    unit: 'days',
    what: 'Days of play whose sessions and day keys Redis holds in the evening',
    how: 'set: `KEEP_AFTER_DAY_MS`, two days after the day’s end',
  },
  eventsPerWriter: {
    value: 7_900,
    unit: '/s',
    what: 'Events into SQL of one writer, projections included',
    how: '`npm run bench -- --only S8`',
  },
  sqlBytesPerEvent: {
    value: 1_410,
    unit: 'B',
    what: 'PostgreSQL for an event: with its indexes, its share of the projections, salts and the tree',
    how: '`capacity:measure`: every table that grew by a month of 80,000 events, by their number',
  },
};

export const CONSTANTS = Object.fromEntries(
  Object.entries(MEASURED).map(([name, { value }]) => [name, value]),
) as unknown as Constants;
