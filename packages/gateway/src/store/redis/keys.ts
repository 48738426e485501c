// Every Redis key is spelled here (the scripts derive theirs from the partition prefix of a session key).
// All keys of one person share a hash tag, so one script call touches one slot.
import { randomInt } from 'node:crypto';
import { ROUTE_LENGTH } from '../../directory/new-id.ts';

export const PARTITIONS_DEFAULT = 64;
export const PARTITIONS_MAX = 1000;

const SESSION_ID = /^ses_(\d{3})[0-9A-Za-z]{16}$/;
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const RANDOM_CHARACTERS = 16;

export const layoutKey = 'pg2:layout';
/** The gateways that listen to changes, by when they last said so (sorted set: id -> ms). */
export const gatewaysKey = 'pg2:gateways';
/** One in each partition, so that every node of a cluster is written to. */
export const readyKey = (name: string): string => `${partitionPrefix(name)}ready`;
/** Prefix of the counts of requests; rate-limiter-flexible puts `:<quota>:<subject>` behind it. */
export const limitPrefix = 'pg2:limit';
/** Of an identity on a day, both only as a keyed hash. */
export const questionsKey = (identity: string): string => `pg2:asked:${identity}`;

export const partitionName = (partition: number): string => `p${String(partition).padStart(3, '0')}`;
export const partitionPrefix = (name: string): string => `pg2:{${name}}:`;
export const streamKey = (name: string): string => `${partitionPrefix(name)}ev`;
/** Marks a partition that was not lost; what it says is in scripts/epoch.lua. */
export const epochKey = (name: string): string => `${partitionPrefix(name)}epoch`;
export const worldsKey = (name: string): string => `${partitionPrefix(name)}worlds`;
export const leasesKey = (name: string, worldName: string): string => `${partitionPrefix(name)}leases:${worldName}`;
export const sessionKeyPrefix = (name: string): string => `${partitionPrefix(name)}s:`;
export const dayKey = (name: string, personId: string, date: string): string =>
  `${partitionPrefix(name)}d:${personId}:${date}`;
/** Sessions at the stations of an agent. */
export const agentSessionsKey = (name: string, agentId: string): string => `${partitionPrefix(name)}a:${agentId}`;
export const personOfDayKey = (key: string): string => key.split(':').at(-2)!;
export const openSessionsKey = (name: string, personId: string): string => `${partitionPrefix(name)}o:${personId}`;

/** `per_` and `hum_`. */
const PREFIX_LENGTH = 4;

/**
 * FNV-1a, 32 bits, of the route in an id: spreads persons over partitions, the same in every process and for ever. Persons
 * of one human have one route, so that what is counted over all providers lies beside what is counted for each.
 */
export function partitionOfPerson(personId: string, partitions: number): number {
  let hash = 0x811c9dc5;
  const end = PREFIX_LENGTH + ROUTE_LENGTH;
  for (let index = PREFIX_LENGTH; index < end && index < personId.length; index++) {
    hash = Math.imul(hash ^ personId.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash % partitions;
}

export function newSessionId(partition: number): string {
  let random = '';
  for (let index = 0; index < RANDOM_CHARACTERS; index++) random += ALPHABET[randomInt(ALPHABET.length)];
  return `ses_${String(partition).padStart(3, '0')}${random}`;
}

/** Name of the partition a session id carries; null for what is not one of this store's ids. */
export function partitionOfSession(sessionId: string): string | null {
  const match = SESSION_ID.exec(sessionId);
  return match ? `p${match[1]}` : null;
}
