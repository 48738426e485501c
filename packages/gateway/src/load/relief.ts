// What a loaded gateway does about it: what can wait is refused, what matters least first. Heartbeats and closes, by which play
// ends, go through whatever the load.
import type { Operation } from '@playgate/contract';
import { Fault } from '../fault.ts';
import type { LoadLevel } from './load-level.ts';

/** The level from which on operations of a tag are refused. */
const REFUSED_FROM: Readonly<Partial<Record<Operation['tag'], LoadLevel>>> = {
  Reports: 1,
  Evidence: 1,
  'Age verification': 2,
};
const STARTS_REFUSED_FROM: LoadLevel = 3;
const START = 'openSession';
/** Seconds: spread by the clients, and longer than a level lasts at least. */
const RETRY_AFTER_S = 20;

/** Null: never. */
export function refusedFrom({ operationId, tag }: Pick<Operation, 'operationId' | 'tag'>): LoadLevel | null {
  return operationId === START ? STARTS_REFUSED_FROM : (REFUSED_FROM[tag] ?? null);
}

export const overloaded = (): Fault =>
  new Fault('overloaded', 'The gateway is busy with what cannot wait. Ask again later.', [], {
    retryAfterS: RETRY_AFTER_S,
  });
