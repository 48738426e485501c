import { randomText } from './random-text.ts';

export const ID_PREFIXES = {
  provider: 'prv_',
  key: 'key_',
  agent: 'agt_',
  station: 'sta_',
  regulator: 'reg_',
  game: 'gam_',
  verification: 'ver_',
  player: 'ply_',
  person: 'per_',
  guardian: 'grd_',
  guardianLink: 'gln_',
  merge: 'mrg_',
} as const;
export type IdKind = keyof typeof ID_PREFIXES;

/** 95 bits: no two alike in 10^12 ids, and short enough for the key of every day hash. */
export const ID_RANDOM_LENGTH = 16;

/** A fresh id; it says what it names and nothing else. */
export function newId(kind: IdKind): string {
  return ID_PREFIXES[kind] + randomText(ID_RANDOM_LENGTH);
}
